using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Endpoints;

/// <summary>Serves the page for people, a client of the API like any other, whose files the project WebApp builds.</summary>
internal static partial class HomeEndpoint
{
    /// <summary>The list of the page's files, which the build writes beside the program.</summary>
    private const string Manifest = "QrAi.WebApi.staticwebassets.endpoints.json";

    private const string IndexFile = "index.html";

    /// <summary>The addresses of the page's views, which the page itself tells apart.</summary>
    private static readonly string[] _views = ["/", "/documents", "/sessions/{id}", "/signed-in"];

    /// <summary>Where the page's files are.</summary>
    private static readonly string[] _files =
    [
        "/_framework/{**file}",
        @"/{file:regex(\.(css|html|js|svg)(\.(br|gz))?$)}",
    ];

    public static void MapHome(this WebApplication app)
    {
        var files = new Lazy<RequestDelegate>(() => BuildFiles(app));
        foreach (var place in _files)
            app.MapGet(
                    place,
                    context =>
                    {
                        context.SetEndpoint(null); // the files have routes of their own
                        return files.Value(context);
                    }
                )
                .AllowAnonymous()
                .ExcludeFromDescription();

        var index = new Lazy<Page?>(() => Page.Read(app.Environment));
        foreach (var view in _views)
            app.MapGet(view, (HttpContext context, PageSignIn signIn) => ShowAsync(context, index.Value, signIn))
                .AllowAnonymous()
                .ExcludeFromDescription();
    }

    /// <summary>
    /// Builds what serves the files. They have more than a thousand routes, with their encodings and fingerprints, which would
    /// delay the start of the service.
    /// </summary>
    private static RequestDelegate BuildFiles(IApplicationBuilder app)
    {
        var files = app.New();
        var manifest = Path.Combine(AppContext.BaseDirectory, Manifest);
        if (File.Exists(manifest))
            files.UseRouting().UseEndpoints(routes => routes.MapStaticAssets(manifest));
        return files.Build();
    }

    /// <summary>Shows the page to browsers; for programs there is nothing.</summary>
    private static async Task<IResult> ShowAsync(HttpContext context, Page? page, PageSignIn signIn)
    {
        context.Response.Headers.Vary = "Accept";
        if (page is null || !context.Request.Prefers(MediaTypeNames.Text.Html))
            return Results.NotFound();
        var (element, origin) = await signIn.FindAsync() ?? ("", "");
        context.Response.Headers.ContentSecurityPolicy = page.PolicyFor(origin);
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Content(
            element.Length == 0
                ? page.Html
                : page.Html.Replace("</head>", $"{element}</head>", StringComparison.Ordinal),
            "text/html; charset=utf-8"
        );
    }

    /// <summary>The first file of the page.</summary>
    /// <param name="Html">Its text.</param>
    /// <param name="Policy">What it may load and do: its own files, and this service.</param>
    private sealed partial record Page(string Html, string Policy)
    {
        private const string Connections = "connect-src 'self'";

        /// <summary>Returns the policy with another origin that the page may send requests to.</summary>
        /// <param name="origin">The origin; empty for none.</param>
        public string PolicyFor(string origin) =>
            origin.Length == 0
                ? Policy
                : Policy.Replace(Connections, $"{Connections} {origin}", StringComparison.Ordinal);

        public static Page? Read(IWebHostEnvironment environment)
        {
            var file = environment.WebRootFileProvider.GetFileInfo(IndexFile);
            if (!file.Exists)
                return null;
            using var reader = new StreamReader(file.CreateReadStream(), Encoding.UTF8);
            var html = reader.ReadToEnd();
            // The import map is the only script within the page.
            var hashes = InlineScript().Matches(html).Select(script => $" 'sha256-{Hash(script.Groups[1].Value)}'");
            return new Page(
                html,
                $"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{string.Concat(hashes)}; style-src 'self'; "
                    + $"style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; {Connections}; "
                    + "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
            );
        }

        private static string Hash(string script) =>
            Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

        [GeneratedRegex(@"<script type=""importmap""[^>]*>(.*?)</script>", RegexOptions.Singleline)]
        private static partial Regex InlineScript();
    }
}
