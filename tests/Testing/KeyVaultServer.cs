using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QrAi.Tests.Testing;

/// <summary>
/// A key vault on this machine with the REST protocol of Azure Key Vault over HTTPS (challenge, pages, errors), and the
/// token endpoint of an App Service's managed identity, where <c>DefaultAzureCredential</c> gets its token. Its name is
/// not in DNS: it is its own proxy, and accepts connections to any host.
/// </summary>
public sealed class KeyVaultServer : IAsyncDisposable
{
    // The library accepts a challenge only if the name of the vault ends with the host of the resource.
    private const string Host = "qrai.vault.test";
    private const string Resource = "https://vault.test";
    private const int PageSize = 2;

    private readonly ConcurrentDictionary<string, Secret> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly string _token = RandomNumberGenerator.GetHexString(40);
    private readonly string _identityHeader = RandomNumberGenerator.GetHexString(20);
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly int _port;
    private readonly int _identityPort;
    private readonly WebApplication _server;
    private Func<HttpContext, Task<bool>> _fault = _ => Task.FromResult(false);

    private KeyVaultServer(int port, int identityPort) =>
        (_port, _identityPort, _server) = (port, identityPort, Build(port, identityPort));

    /// <summary>The value for <c>AZURE_KEYVAULT_URL</c>; the port distinguishes vaults.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"https://{Host}:{_port}");

    /// <summary>The value for <c>HTTPS_PROXY</c>.</summary>
    public string Proxy => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    /// <summary>The server certificate as PEM; clients trust it only if configured to.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>The certificate's hash.</summary>
    public string CertificateHash => _certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>The token that it accepts.</summary>
    public string Token => _token;

    /// <summary>The method and path of each received request, including those for tokens.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>The environment variables with which an App Service configures the identity of a program.</summary>
    public IReadOnlyDictionary<string, string> Identity =>
        new Dictionary<string, string>
        {
            ["IDENTITY_ENDPOINT"] = string.Create(
                CultureInfo.InvariantCulture,
                $"http://127.0.0.1:{_identityPort}/msi/token"
            ),
            ["IDENTITY_HEADER"] = _identityHeader,
        };

    /// <summary>A secret's value; setting it creates or replaces the secret.</summary>
    public string this[string name]
    {
        set => _secrets[name] = new Secret(value);
    }

    /// <summary>Starts an empty vault.</summary>
    public static async Task<KeyVaultServer> StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var vault = new KeyVaultServer(LoopbackPort.FindFree(), LoopbackPort.FindFree());
            try
            {
                await vault._server.StartAsync();
                return vault;
            }
            catch (IOException) when (attempt < 5)
            {
                await vault.DisposeAsync(); // another process took the port
            }
        }
    }

    /// <summary>Adds a secret with its attributes.</summary>
    public void Add(
        string name,
        string value,
        bool enabled = true,
        DateTimeOffset? expires = null,
        DateTimeOffset? notBefore = null
    ) => _secrets[name] = new Secret(value, enabled, expires, notBefore);

    /// <summary>Removes a secret.</summary>
    public void Remove(string name) => _secrets.TryRemove(name, out _);

    /// <summary>Fails the next requests that have a token.</summary>
    /// <param name="status">The status of the error.</param>
    /// <param name="code">The error code of the vault.</param>
    /// <param name="times">The number of failures, after which requests succeed again.</param>
    /// <param name="retryAfterSeconds">The value of <c>Retry-After</c>.</param>
    /// <param name="inner">The code of the inner error.</param>
    public void Fail(
        int status,
        string code,
        int times = int.MaxValue,
        int? retryAfterSeconds = null,
        string? inner = null
    ) =>
        _fault = async http =>
        {
            if (Interlocked.Decrement(ref times) < 0)
                return false;
            if (retryAfterSeconds is { } seconds)
                http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await FailAsync(http, status, code, inner);
            return true;
        };

    /// <summary>Fails requests that read a secret; they can still be listed.</summary>
    public void FailSecrets(int status, string code, string? inner = null) =>
        _fault = async http =>
        {
            if (!http.Request.Path.StartsWithSegments("/secrets", out var rest) || !rest.HasValue)
                return false;
            await FailAsync(http, status, code, inner);
            return true;
        };

    /// <summary>Leaves requests that have a token without a response.</summary>
    public void Hang() =>
        _fault = async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

    /// <summary>Ends all failures.</summary>
    public void Recover() => _fault = _ => Task.FromResult(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // A cancelled token skips the graceful shutdown.
            await _server.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // the host reports the skipped shutdown
        }

        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    private WebApplication Build(int port, int identityPort)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listen =>
                {
                    listen.Use(AcceptTunnelAsync);
                    listen.UseHttps(_certificate);
                }
            );
            kestrel.Listen(IPAddress.Loopback, identityPort);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var server = builder.Build();
        server.Run(http =>
        {
            _requests.Enqueue($"{http.Request.Method} {http.Request.Path}");
            return http.Connection.LocalPort == identityPort ? SendTokenAsync(http) : AnswerAsync(http);
        });
        return server;
    }

    /// <summary>Answers <c>CONNECT</c> as a proxy does; the vault handles the following bytes.</summary>
    private static async Task AcceptTunnelAsync(ConnectionContext connection, ConnectionDelegate vault)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            var reader = new SequenceReader<byte>(read.Buffer);
            if (reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n\r\n"u8))
            {
                input.AdvanceTo(reader.Position);
                break;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return;
        }

        await connection.Transport.Output.WriteAsync(
            "HTTP/1.1 200 Connection Established\r\n\r\n"u8.ToArray(),
            connection.ConnectionClosed
        );
        await vault(connection);
    }

    // https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
    private Task SendTokenAsync(HttpContext http)
    {
        if (http.Request.Headers["X-IDENTITY-HEADER"] != _identityHeader || http.Request.Query["resource"] != Resource)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        return http.Response.WriteAsJsonAsync(
            new JsonObject
            {
                ["access_token"] = _token,
                ["expires_on"] = TimeProvider
                    .System.GetUtcNow()
                    .AddHours(1)
                    .ToUnixTimeSeconds()
                    .ToString(CultureInfo.InvariantCulture),
                ["resource"] = Resource,
                ["token_type"] = "Bearer",
            }
        );
    }

    // https://learn.microsoft.com/rest/api/keyvault/secrets
    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization != $"Bearer {_token}")
        {
            http.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.test/11111111-2222-3333-4444-555555555555\", resource=\"{Resource}\"";
            await FailAsync(http, StatusCodes.Status401Unauthorized, "Unauthorized");
            return;
        }

        if (await _fault(http))
            return;
        var path = http.Request.Path.Value!.Trim('/').Split('/');
        if (path is ["secrets"])
            await ListAsync(http);
        else if (path is ["secrets", var name, ..] && _secrets.TryGetValue(name, out var secret))
            await SendSecretAsync(http, name, secret);
        else
            await FailAsync(http, StatusCodes.Status404NotFound, "SecretNotFound");
    }

    private Task ListAsync(HttpContext http)
    {
        var names = _secrets.Keys.Order(StringComparer.OrdinalIgnoreCase).ToList();
        var from = int.TryParse(http.Request.Query["$skiptoken"], CultureInfo.InvariantCulture, out var skip)
            ? skip
            : 0;
        var page = names.Skip(from).Take(PageSize).Select(name => Describe(name, _secrets[name]));
        return http.Response.WriteAsJsonAsync(
            new JsonObject
            {
                ["value"] = new JsonArray([.. page]),
                ["nextLink"] =
                    from + PageSize < names.Count
                        ? $"{Url}/secrets?api-version={http.Request.Query["api-version"]}&$skiptoken={from + PageSize}"
                        : null,
            }
        );
    }

    private Task SendSecretAsync(HttpContext http, string name, Secret secret)
    {
        if (!secret.Enabled)
            return FailAsync(http, StatusCodes.Status403Forbidden, "Forbidden", "SecretDisabled");
        var body = Describe(name, secret);
        body["value"] = secret.Value;
        return http.Response.WriteAsJsonAsync(body);
    }

    private JsonObject Describe(string name, Secret secret) =>
        new()
        {
            ["id"] = $"{Url}/secrets/{name}",
            ["attributes"] = new JsonObject
            {
                ["enabled"] = secret.Enabled,
                ["exp"] = secret.Expires?.ToUnixTimeSeconds(),
                ["nbf"] = secret.NotBefore?.ToUnixTimeSeconds(),
                ["recoveryLevel"] = "Recoverable+Purgeable",
            },
        };

    private static Task FailAsync(HttpContext http, int status, string code, string? inner = null)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(
            new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["code"] = code,
                    // Like Azure's messages it names the caller, which must not be logged.
                    ["message"] = "Caller: appid=5up3r-s3cr3t-caller is not welcome.",
                    ["innererror"] = inner is null ? null : new JsonObject { ["code"] = inner },
                },
            }
        );
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }

    private sealed record Secret(
        string Value,
        bool Enabled = true,
        DateTimeOffset? Expires = null,
        DateTimeOffset? NotBefore = null
    );
}
