using System.Net.Sockets;
using System.Security.Authentication;
using Azure;
using Azure.Identity;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Secrets;

/// <summary>Each reason why a vault cannot be read has its own message and its own next step.</summary>
public sealed class KeyVaultFaultsTests
{
    private const string Secret = "s3cr3t-in-a-message";

    private static readonly KeyVaultOptions Options = new()
    {
        Url = new Uri("https://qrai.vault.test"),
        Timeout = TimeSpan.FromSeconds(15),
        ReloadInterval = TimeSpan.Zero,
    };

    private static IEnumerable<TestCaseData<Exception, string, string>> Faults() =>
        [
            new(new CredentialUnavailableException(Secret), "no Azure credential was found", "managed identity"),
            new(new AuthenticationFailedException(Secret), "rejected the credential", "has not expired"),
            new(Rejected(401), "(401)", "tenant"),
            new(Rejected(403), "(403)", "Key Vault Secrets User"),
            new(Rejected(404), "does not respond like a key vault", "AZURE_KEYVAULT_URL"),
            new(Rejected(429), "too busy (429)", "in a minute"),
            new(Rejected(503), "failed (503)", "Azure's status"),
            new(
                Lost(new HttpRequestException(HttpRequestError.NameResolutionError, Secret)),
                "its host name cannot be resolved",
                "DNS"
            ),
            new(Lost(new SocketException((int)SocketError.HostNotFound)), "its host name cannot be resolved", "DNS"),
            new(Lost(new HttpRequestException(HttpRequestError.ConnectionError, Secret)), "no connection", "port 443"),
            new(
                Lost(
                    new HttpRequestException(
                        HttpRequestError.SecureConnectionError,
                        Secret,
                        new AuthenticationException(Secret)
                    )
                ),
                "certificate is not valid",
                "SSL_CERT_FILE"
            ),
            new(Lost(new IOException(Secret)), "closed the connection", "between"),
            new(new TaskCanceledException(Secret), "did not answer within 15 s", "AZURE_KEYVAULT_TIMEOUT_SECONDS"),
            new(new TaskCanceledException(Secret, new IOException(Secret)), "did not answer within 15 s", "port 443"),
            new(new InvalidOperationException(Secret), "does not respond like a key vault", "AZURE_KEYVAULT_URL"),
        ];

    [TestCaseSource(nameof(Faults))]
    public void Each_fault_has_its_own_message_and_next_step(Exception exception, string problem, string next)
    {
        KeyVaultFaults.CanDescribe(exception).ShouldBeTrue();

        var fault = KeyVaultFaults.Describe(exception, last: null, Options);

        fault.Problem.ShouldContain(problem);
        fault.Next.ShouldContain(next);
        $"{fault}".ShouldNotContain(Secret);
    }

    [Test]
    public void After_several_attempts_the_last_one_is_reported() =>
        KeyVaultFaults
            .Describe(new AggregateException(Secret, Lost(new IOException()), Rejected(403)), last: null, Options)
            .Problem.ShouldContain("403");

    [Test]
    public void After_a_timeout_the_last_fault_is_reported()
    {
        var last = KeyVaultFaults.OfStatus(429, "Too Many Requests", null);

        KeyVaultFaults.Describe(new OperationCanceledException(), last, Options).ShouldBe(last);
    }

    [Test]
    public void A_firewall_has_another_next_step_than_a_missing_role()
    {
        var fault = KeyVaultFaults.OfStatus(403, "Forbidden", "ForbiddenByFirewall").ShouldNotBeNull();

        fault.Problem.ShouldBe("rejected this machine's address (403 Forbidden: ForbiddenByFirewall)");
        fault.Next.ShouldContain("network settings");
    }

    [Test]
    public void A_fault_of_the_program_is_not_a_fault_of_the_vault() =>
        KeyVaultFaults.CanDescribe(new NotImplementedException()).ShouldBeFalse();

    private static RequestFailedException Rejected(int status) => new(status, Secret);

    private static RequestFailedException Lost(Exception cause) => new(0, Secret, cause);
}
