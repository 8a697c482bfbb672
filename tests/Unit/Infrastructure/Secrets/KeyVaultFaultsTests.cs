using System.Net.Sockets;
using System.Security.Authentication;
using Azure;
using Azure.Identity;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Secrets;

/// <summary>Each way in which a vault can not be read has its own words and its own next step.</summary>
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
            new(Refused(401), "(401)", "tenant"),
            new(Refused(403), "(403)", "Key Vault Secrets User"),
            new(Refused(404), "does not respond like a key vault", "AZURE_KEYVAULT_URL"),
            new(Refused(429), "too busy (429)", "in a minute"),
            new(Refused(503), "failed (503)", "Azure's status"),
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
    public void Each_fault_has_its_own_words_and_next_step(Exception exception, string what, string next)
    {
        KeyVaultFaults.CanDescribe(exception).ShouldBeTrue();

        var fault = KeyVaultFaults.Describe(exception, last: null, Options);

        fault.Problem.ShouldContain(what);
        fault.Next.ShouldContain(next);
        $"{fault}".ShouldNotContain(Secret);
    }

    [Test]
    public void After_several_tries_the_last_one_is_told() =>
        KeyVaultFaults
            .Describe(new AggregateException(Secret, Lost(new IOException()), Refused(403)), last: null, Options)
            .Problem.ShouldContain("403");

    [Test]
    public void When_the_time_is_over_what_was_seen_last_is_told()
    {
        var seen = KeyVaultFaults.OfStatus(429, "Too Many Requests", null);

        KeyVaultFaults.Describe(new OperationCanceledException(), seen, Options).ShouldBe(seen);
    }

    [Test]
    public void A_firewall_has_another_next_step_than_a_missing_role()
    {
        var fault = KeyVaultFaults.OfStatus(403, "Forbidden", "ForbiddenByFirewall").ShouldNotBeNull();

        fault.Problem.ShouldBe("rejected this machine's address (403 Forbidden: ForbiddenByFirewall)");
        fault.Next.ShouldContain("network settings");
    }

    [Test]
    public void A_fault_of_the_program_is_nobody_elses() =>
        KeyVaultFaults.CanDescribe(new NotImplementedException()).ShouldBeFalse();

    private static RequestFailedException Refused(int status) => new(status, Secret);

    private static RequestFailedException Lost(Exception cause) => new(0, Secret, cause);
}
