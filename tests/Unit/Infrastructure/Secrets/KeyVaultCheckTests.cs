using QrAi.Application.Checks;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Secrets;

public sealed class KeyVaultCheckTests
{
    private static readonly KeyVaultResult Vault = new()
    {
        Url = new Uri("https://qrai.vault.test"),
        Duration = TimeSpan.FromMilliseconds(231.4),
    };

    [Test]
    public async Task The_outcome_names_the_settings_in_the_vault_and_the_duration_and_shows_no_value()
    {
        var outcome = await RunAsync(
            Vault with
            {
                Values = new Dictionary<string, string>
                {
                    ["OPENROUTER_API_KEY"] = "sk-or-s3cr3t",
                    ["DATABASE_URL"] = "postgresql://qrai:s3cr3t@db/qrai",
                },
                Unusable = new Dictionary<string, string> { ["GOOGLE_AI_API_KEY"] = "has expired" },
            }
        );

        outcome.Passed.ShouldBeTrue();
        outcome.Detail.ShouldBe(
            "The key vault https://qrai.vault.test has DATABASE_URL, OPENROUTER_API_KEY; "
                + "GOOGLE_AI_API_KEY has expired; read in 231 ms."
        );
        outcome.Facts.ShouldBe(
            new Dictionary<string, string>
            {
                ["DATABASE_URL"] = "is set",
                ["GOOGLE_AI_API_KEY"] = "has expired",
                ["OPENROUTER_API_KEY"] = "is set",
            }
        );
    }

    [Test]
    public async Task A_vault_without_any_setting_passes() =>
        (await RunAsync(Vault)).Detail.ShouldBe(
            "The key vault https://qrai.vault.test has no setting; read in 231 ms."
        );

    [Test]
    public async Task A_vault_that_cannot_be_read_is_reported_with_the_next_step()
    {
        var outcome = await RunAsync(Vault with { Fault = new KeyVaultFault("is too busy (429)", "try again") });

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldBe("The key vault https://qrai.vault.test is too busy (429). Try again.");
    }

    [Test]
    public async Task Without_a_vault_a_requested_check_states_how_to_configure_one()
    {
        var check = new KeyVaultCheck(SettingsResult.Of([Layer("environment")]));

        check.IsConfigured.ShouldBeFalse();
        check.Name.ShouldBe(CheckNames.KeyVault);
        var outcome = await check.RunAsync(CancellationToken.None);
        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldContain("AZURE_KEYVAULT_URL");
    }

    private static async Task<CheckOutcome> RunAsync(KeyVaultResult vault)
    {
        var check = new KeyVaultCheck(SettingsResult.Of([Layer("environment"), vault.ToLayer()]));
        check.IsConfigured.ShouldBeTrue();
        return await check.RunAsync(CancellationToken.None);
    }
}
