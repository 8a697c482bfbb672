using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class KeyVaultOptionsTests
{
    private const string Expected =
        "AZURE_KEYVAULT_URL: must be a key vault's absolute https address without a path, "
        + "like https://name.vault.azure.net";

    [Test]
    public void There_is_no_vault_by_default()
    {
        var vault = Read().KeyVault;

        vault.Url.ShouldBeNull();
        vault.Timeout.ShouldBe(TimeSpan.FromSeconds(15));
        vault.ReloadInterval.ShouldBe(TimeSpan.Zero);
    }

    [TestCase("https://qrai.vault.azure.net")]
    [TestCase("https://qrai.vault.azure.net/")]
    [TestCase("https://vault.localhost:8443")]
    public void A_vault_has_an_https_address(string url) =>
        Read(("AZURE_KEYVAULT_URL", url)).KeyVault.Url.ShouldBe(new Uri(url));

    [TestCase("qrai.vault.azure.net")]
    [TestCase("/secrets")]
    [TestCase("http://qrai.vault.azure.net")]
    [TestCase("https://qrai.vault.azure.net/secrets")]
    [TestCase("https://qrai.vault.azure.net?hidden=1")]
    [TestCase("https://qrai.vault.azure.net/#hidden")]
    [TestCase("https://me:hidden@qrai.vault.azure.net")]
    public void Any_other_address_is_a_problem_and_is_not_shown(string url) =>
        Problems(("AZURE_KEYVAULT_URL", url)).ShouldBe([Expected]);

    [Test]
    public void The_timeout_and_the_reload_interval_have_bounds()
    {
        var vault = Read(("AZURE_KEYVAULT_TIMEOUT_SECONDS", "1"), ("AZURE_KEYVAULT_RELOAD_MINUTES", "0.5")).KeyVault;
        vault.Timeout.ShouldBe(TimeSpan.FromSeconds(1));
        vault.ReloadInterval.ShouldBe(TimeSpan.FromSeconds(30));

        Problems(("AZURE_KEYVAULT_TIMEOUT_SECONDS", "0.5"), ("AZURE_KEYVAULT_RELOAD_MINUTES", "1441"))
            .ShouldBe([
                "AZURE_KEYVAULT_TIMEOUT_SECONDS: must be a number of seconds from 1 to 120, not '0.5'",
                "AZURE_KEYVAULT_RELOAD_MINUTES: must be a number of minutes from 0 to 1440, not '1441'",
            ]);
    }
}
