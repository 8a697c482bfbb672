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
/// An OpenID Connect issuer on 127.0.0.1: its discovery document, its public keys, and tokens with real signatures, good
/// ones and whatever else a test needs. They are made by hand, so that they can also be what no library would make.
/// </summary>
public sealed class LocalIssuer : IAsyncDisposable
{
    private readonly int _port = LoopbackPort.FindFree();
    private readonly Dictionary<string, RSA> _published = [];
    private TaskCompletionSource? _hanging;
    private WebApplication? _server;
    private RSA _key;
    private string _keyId;
    private int _readings;

    private LocalIssuer() => (_keyId, _key) = NewKey();

    /// <summary>Its address, which is the issuer's name too.</summary>
    public string Authority => $"http://127.0.0.1:{_port}";

    /// <summary>How often it was asked for its discovery document, with which each reading of its keys begins.</summary>
    public int Readings => _readings;

    /// <summary>How often its keys were asked for.</summary>
    public int KeyReads { get; private set; }

    /// <summary>The key that it signs with.</summary>
    public (string Id, RSA Key) Key => (_keyId, _key);

    /// <summary>Makes one that is not reachable yet.</summary>
    public static LocalIssuer Create() => new();

    /// <summary>Makes one.</summary>
    public static async Task<LocalIssuer> StartAsync()
    {
        var issuer = new LocalIssuer();
        await issuer.ComeUpAsync();
        return issuer;
    }

    /// <summary>Begins to listen.</summary>
    public async Task ComeUpAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(Authority);
        builder.Services.AddRoutingCore();
        var server = builder.Build();
        server.MapGet("/.well-known/openid-configuration", (Delegate)DiscoveryAsync);
        server.MapGet("/keys", () => Results.Text(Keys(), "application/json"));
        await server.StartAsync();
        _server = server;
    }

    /// <summary>Answers nobody from now on, until it <see cref="Recover"/>s or the caller leaves.</summary>
    public void Hang() => _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers again, also those who wait.</summary>
    public void Recover()
    {
        _hanging?.SetResult();
        _hanging = null;
    }

    /// <summary>Stops listening.</summary>
    public async Task GoDownAsync()
    {
        if (_server is { } server)
            await server.DisposeAsync();
        _server = null;
    }

    /// <summary>Signs with a new key from now on.</summary>
    /// <param name="withdraw">Whether the keys before are gone.</param>
    public void Rotate(bool withdraw)
    {
        lock (_published)
        {
            if (withdraw)
                _published.Clear();
            (_keyId, _key) = NewKey();
        }
    }

    /// <summary>A token that is good for five minutes, but for what a test changes.</summary>
    /// <param name="subject">Whom it names.</param>
    /// <param name="audience">Whom it is made for.</param>
    /// <param name="claims">Changes what it says; a claim that is null is left out.</param>
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
        await GoDownAsync();
        foreach (var key in _published.Values)
            key.Dispose();
    }

    private async Task<IResult> DiscoveryAsync(HttpContext context)
    {
        Interlocked.Increment(ref _readings);
        if (_hanging is { } hanging)
            await hanging.Task.WaitAsync(context.RequestAborted);
        return Results.Text($$"""{"issuer":"{{Authority}}","jwks_uri":"{{Authority}}/keys"}""", "application/json");
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
