using Microsoft.AspNetCore.Server.Kestrel.Core;
using QrAi.Application;
using QrAi.Infrastructure;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Logging;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;
using QrAi.Infrastructure.Telemetry;
using QrAi.WebApi.Endpoints;
using QrAi.WebApi.Errors;
using QrAi.WebApi.GraphQL;
using QrAi.WebApi.Health;
using QrAi.WebApi.Http;
using QrAi.WebApi.OpenAi;
using QrAi.WebApi.OpenApi;
using Scalar.AspNetCore;

namespace QrAi.WebApi.Hosting;

/// <summary>Composes the service; the only code here that uses <c>QrAi.Infrastructure</c>.</summary>
public static class QrAiService
{
    private const string DefaultUrl = "http://localhost:8080";
    private const long MaxBodySize = 1024 * 1024;
    private const int MaxHeadersSize = 32 * 1024;
    private const int MaxLineSize = 8 * 1024;

    /// <summary>Builds the service, ready to run.</summary>
    /// <param name="args">The command line; <c>--urls</c> chooses the address.</param>
    /// <param name="settings">The validated settings.</param>
    /// <param name="configure">Replaces services, for tests.</param>
    public static WebApplication Build(
        string[] args,
        QrAiSettings settings,
        Action<IServiceCollection>? configure = null
    )
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                // Settings are read once: nothing has to watch files for changes.
                Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
                EnvironmentName = settings.Environment.Environment.ToString(),
                ApplicationName = typeof(QrAiService).Assembly.GetName().Name,
                // The page's files are beside the program, wherever it is started.
                WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
            }
        );
        // The host's own switch trusts every sender; TRUSTED_PROXIES lists the trusted ones.
        builder.Configuration["ForwardedHeaders_Enabled"] = "false";
        builder.WebHost.UseStaticWebAssets(); // of a build; a publish has the files in wwwroot
        ConfigureServer(builder, settings.Environment);
        AddServices(builder.Services, settings);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.Services.WarnWithoutKeyVault(settings);
        MapPipeline(app, settings);
        return app;
    }

    /// <summary>
    /// Composes the same application for a verb, without a web server and without migrations. Its only job is the
    /// backup schedule, which runs if the verb starts the host.
    /// </summary>
    /// <param name="settings">The validated settings.</param>
    /// <param name="configure">Replaces services, for tests.</param>
    public static IHost BuildForVerbs(QrAiSettings settings, Action<IServiceCollection>? configure = null)
    {
        var builder = CreateHost(settings.Environment.Environment.ToString());
        AddLayers(builder.Services, settings, toStandardError: true);
        builder.Services.AddBackupSchedule().AddSingleton<IHostLifetime, VerbLifetime>();
        configure?.Invoke(builder.Services);
        var host = builder.Build();
        host.Services.WarnWithoutKeyVault(settings);
        return host;
    }

    /// <summary>
    /// Composes the deployment checks: the application as for any verb, or with invalid settings only the checks that
    /// need no settings.
    /// </summary>
    /// <param name="reading">The result of reading the settings.</param>
    /// <param name="configure">Replaces services, for tests.</param>
    public static IHost BuildForChecks(SettingsResult reading, Action<IServiceCollection>? configure = null)
    {
        if (reading.IsValid)
            return BuildForVerbs(
                reading.Settings,
                services =>
                {
                    services.AddSettingsChecks(reading);
                    configure?.Invoke(services);
                }
            );

        var builder = CreateHost(Environments.Production);
        builder.Services.AddApplication(autoMapperLicenceKey: null).AddSettingsChecks(reading);
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    private static HostApplicationBuilder CreateHost(string environment) =>
        Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });

    private static void AddLayers(IServiceCollection services, QrAiSettings settings, bool toStandardError)
    {
        services.AddQrAiLogging(settings.Logging, toStandardError);
        services.AddApplication(settings.Environment.AutoMapperLicenceKey);
        services.AddInfrastructure(settings);
        services.AddSingleton(settings.Environment);
        services.AddSingleton(settings);
    }

    private static void ConfigureServer(WebApplicationBuilder builder, EnvironmentOptions environment)
    {
        // Otherwise the files of the page have a route for every path in development, which changes the answers of other routes.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        if (
            string.IsNullOrEmpty(builder.Configuration["urls"])
            && string.IsNullOrEmpty(builder.Configuration["http_ports"])
            && string.IsNullOrEmpty(builder.Configuration["https_ports"])
        )
            builder.WebHost.UseUrls(DefaultUrl);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodySize;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, TimeSpan.FromSeconds(5));
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeadersSize;
            kestrel.Limits.MaxRequestHeaderCount = 100;
            kestrel.Limits.MaxRequestLineSize = MaxLineSize;
        });
        // Answers that are stopped when their time has elapsed still have to be saved.
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = environment.ShutdownTime + AnswerDrain.SaveTime * 2
        );
    }

    private static void AddServices(IServiceCollection services, QrAiSettings settings)
    {
        services.AddTelemetry(settings);
        AddLayers(services, settings, toStandardError: false);
        services.AddServiceJobs(settings);
        services.AddSingleton<AnswerDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<AnswerDrain>());
        services.AddHostedService<StartReport>();
        services.AddHealthChecks().AddCheck<LifecycleHealth>(LifecycleHealth.Name);
        services.ConfigureHttpJsonOptions(json => QrAiJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddCallers(settings.Authentication);
        services.AddProxiesAndCors(settings.Http);
        services.AddRequestTime(settings.Http.RequestTimeout);
        services.AddSingleton<StreamLimit>();
        services.AddSingleton<FileBody>();
        if (settings.Authentication.Jwt is { ClientId: { } client, Scope: var scope })
            services.AddSingleton(new SignInClient(client, scope));
        services.AddSingleton<PageSignIn>();
        services.AddOpenApiDescription(settings.Authentication.IsRequired);
        services.AddQrAiGraphQl(settings.GraphQl.Introspection);
    }

    private static void MapPipeline(WebApplication app, QrAiSettings settings)
    {
        app.UseTrustedProxies(settings.Http);
        app.UseSecurityHeaders();
        app.UseRequestId();
        app.UseRequestLog();
        app.UseProblems();
        app.UseUtf8Bodies();
        app.UseHeadRequests();
        app.UseRouting();
        app.UseOtherOrigins(settings.Http);
        app.UseStartWait(settings.Database);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseSingleParameters();
        app.UseRequestTime();
        app.UseIdempotencyKeys();

        app.MapHome();
        app.MapHealth(readyChecks: [Infrastructure.DependencyInjection.DatabaseCheck, LifecycleHealth.Name]);
        var api = app.MapGroup("/api").MayFailWith(Failures.OfCallers);
        api.MapQuestions();
        api.MapSessions();
        api.MapAnswers();
        api.MapDocuments();
        api.MapSearch();
        api.MapUsage();
        api.MapKeys();
        app.MapOpenAi();
        app.MapGraphQl();
        var description = app.MapOpenInDevelopment();
        description.MapOpenApiDescription();
        // Disables everything that the page would load from, or send to, its vendor's hosts.
        description
            .MapScalarApiReference(
                "/docs",
                page => page.WithTitle("QrAi").DisableDefaultFonts().DisableTelemetry().DisableAgent()
            )
            .WithContentPolicy(SecurityHeaders.DocumentationPolicy);
    }
}
