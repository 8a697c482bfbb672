using System.Net;
using System.Security.Cryptography;
using Azure.Core;
using Azure.Core.Pipeline;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Integration.Setup;

/// <summary>Connects to the key vault of the tests, with its certificate and token.</summary>
public static class Vaults
{
    /// <summary>Connects like the service.</summary>
    public static KeyVault Connect(
        this KeyVaultServer server,
        IReadOnlySet<string>? names = null,
        TimeSpan? limit = null,
        TokenCredential? credential = null,
        HttpPipelineTransport? transport = null,
        string? url = null,
        TimeProvider? clock = null
    ) =>
        new(
            new KeyVaultOptions
            {
                Url = new Uri(url ?? server.Url),
                Timeout = limit ?? Eventually.DefaultLimit,
                ReloadInterval = TimeSpan.Zero,
            },
            names ?? SettingsResult.Of([]).Names.ToHashSet(),
            clock ?? TimeProvider.System,
            credential ?? new Credential(server.Token),
            transport ?? Trusting(server)
        );

    /// <summary>Returns the layers of an environment with its URL, its own settings, and files.</summary>
    public static async Task<IReadOnlyList<SettingsLayer>> LayersAsync(
        this KeyVaultServer server,
        Dictionary<string, string> environment,
        params SettingsLayer[] files
    ) =>
        [
            new SettingsLayer(
                "environment",
                new Dictionary<string, string>(environment) { ["AZURE_KEYVAULT_URL"] = server.Url }
            ),
            (await server.Connect().ReadAsync(CancellationToken.None)).ToLayer(),
            .. files,
        ];

    private static HttpClientTransport Trusting(KeyVaultServer server) =>
        new(
            new HttpClient(
                new SocketsHttpHandler
                {
                    Proxy = new WebProxy(server.Proxy),
                    SslOptions =
                    {
                        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                            certificate?.GetCertHashString(HashAlgorithmName.SHA256) == server.CertificateHash,
                    },
                }
            )
        );

    private sealed class Credential(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(token, TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext,
            CancellationToken cancellationToken
        ) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
