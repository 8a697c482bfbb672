using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace QrAi.Tests.Testing.Tokens;

/// <summary>
/// An OpenID Connect issuer on 127.0.0.1: its discovery document, its public keys, and signed tokens, valid or not. The
/// tokens are not created by a library, which would refuse to create invalid ones.
/// </summary>
public sealed class LocalIssuer : IAsyncDisposable
{
    private readonly int _port = LoopbackPort.FindFree();
    private readonly Dictionary<string, RSA> _published = [];
    private TaskCompletionSource? _hanging;
    private WebApplication? _server;
    private RSA _key;
    private string _keyId;
    private int _discoveryReads;

    private LocalIssuer() => (_keyId, _key) = NewKey();

    /// <summary>Its URL, which is also the issuer's name.</summary>
    public string Authority => $"http://127.0.0.1:{_port}";

    /// <summary>The number of requests for its discovery document, which precede those for its keys.</summary>
    public int DiscoveryReads => _discoveryReads;

    /// <summary>The subject of the tokens of people who sign in.</summary>
    public string SignedIn { get; set; } = "alice";

    /// <summary>The audience of those tokens.</summary>
    public string SignedInAudience { get; set; } = "qrai";

    /// <summary>The number of requests for its keys.</summary>
    public int KeyReads { get; private set; }

    /// <summary>The current signing key.</summary>
    public (string Id, RSA Key) Key => (_keyId, _key);

    /// <summary>Creates an issuer that does not listen yet.</summary>
    public static LocalIssuer Create() => new();

    /// <summary>Creates an issuer that listens.</summary>
    public static async Task<LocalIssuer> StartAsync()
    {
        var issuer = new LocalIssuer();
        await issuer.StartListeningAsync();
        return issuer;
    }

    /// <summary>Starts to listen.</summary>
    public async Task StartListeningAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(Authority);
        builder.Services.AddRoutingCore();
        var server = builder.Build();
        server.MapGet("/.well-known/openid-configuration", (Delegate)DiscoveryAsync);
        server.MapGet("/keys", () => Results.Text(Keys(), "application/json"));
        server.MapGet("/authorize", (Delegate)Authorize);
        server.MapPost("/token", (Delegate)ExchangeAsync);
        await server.StartAsync();
        _server = server;
    }

    /// <summary>Holds all requests until <see cref="Recover"/> or until the caller disconnects.</summary>
    public void Hang() => _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers again, including the held requests.</summary>
    public void Recover()
    {
        _hanging?.SetResult();
        _hanging = null;
    }

    /// <summary>Stops listening.</summary>
    public async Task StopListeningAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        _server = null;
    }

    /// <summary>Replaces the signing key.</summary>
    /// <param name="withdraw">Whether the previous keys are removed.</param>
    public void Rotate(bool withdraw)
    {
        lock (_published)
        {
            if (withdraw)
                _published.Clear();
            (_keyId, _key) = NewKey();
        }
    }

    /// <summary>Returns a token that is valid for five minutes, except for the changes of a test.</summary>
    /// <param name="subject">Its subject.</param>
    /// <param name="audience">Its audience.</param>
    /// <param name="claims">Changes its claims; null values are omitted.</param>
    /// <param name="header">Changes its header.</param>
    /// <param name="sign">Signs it in another way.</param>
    public string Token(
        string? subject,
        string audience,
        Action<Dictionary<string, object?>>? claims = null,
        Action<Dictionary<string, object?>>? header = null,
        Func<byte[], byte[]>? sign = null
    )
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = new Dictionary<string, object?>
        {
            ["alg"] = "RS256",
            ["typ"] = "JWT",
            ["kid"] = _keyId,
        };
        var body = new Dictionary<string, object?>
        {
            ["iss"] = Authority,
            ["sub"] = subject,
            ["aud"] = audience,
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 300,
        };
        header?.Invoke(head);
        claims?.Invoke(body);
        var signed = $"{Encode(head)}.{Encode(body)}";
        sign ??= data => _key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        foreach (var key in _published.Values)
            key.Dispose();
    }

    private async Task<IResult> DiscoveryAsync(HttpContext context)
    {
        Interlocked.Increment(ref _discoveryReads);
        if (_hanging is { } hanging)
            await hanging.Task.WaitAsync(context.RequestAborted);
        return Results.Text(
            $$"""{"issuer":"{{Authority}}","jwks_uri":"{{Authority}}/keys","authorization_endpoint":"{{Authority}}/authorize","token_endpoint":"{{Authority}}/token"}""",
            "application/json"
        );
    }

    /// <summary>Leads back at once, as if the person was signed in already. The code carries the challenge.</summary>
    private static IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        return Results.Redirect($"{query["redirect_uri"]}?code={query["code_challenge"]}&state={query["state"]}");
    }

    /// <summary>Gives a token to who knows the verifier of the challenge.</summary>
    private async Task<IResult> ExchangeAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        context.Response.Headers.AccessControlAllowOrigin = "*";
        var verifier = Encoding.ASCII.GetBytes(form["code_verifier"].ToString());
        return Base64Url.EncodeToString(SHA256.HashData(verifier)) == form["code"]
            ? Results.Text($$"""{"access_token":"{{Token(SignedIn, SignedInAudience)}}"}""", "application/json")
            : Results.StatusCode(StatusCodes.Status400BadRequest);
    }

    private (string, RSA) NewKey()
    {
        var key = RSA.Create(2048);
        var id = Guid.CreateVersion7().ToString();
        _published[id] = key;
        return (id, key);
    }

    private string Keys()
    {
        lock (_published)
        {
            KeyReads++;
            return JsonSerializer.Serialize(
                new
                {
                    keys = _published.Select(one =>
                    {
                        var parameters = one.Value.ExportParameters(includePrivateParameters: false);
                        return new
                        {
                            kty = "RSA",
                            use = "sig",
                            kid = one.Key,
                            n = Base64Url.EncodeToString(parameters.Modulus),
                            e = Base64Url.EncodeToString(parameters.Exponent),
                        };
                    }),
                }
            );
        }
    }

    private static string Encode(Dictionary<string, object?> part) =>
        Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes(
                part.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value)
            )
        );
}
