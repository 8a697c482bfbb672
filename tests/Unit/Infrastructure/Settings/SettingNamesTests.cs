using System.Text.RegularExpressions;
using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed partial class SettingNamesTests
{
    private static readonly IReadOnlyList<string> All = SettingsResult.Of([Layer("environment")]).Names;

    [Test]
    public void A_setting_that_is_named_like_a_secret_is_one() =>
        All.Where(name => LikeSecret().IsMatch(name)).ShouldAllBe(name => SettingNames.IsSecret(name));

    [Test]
    public void No_other_setting_is_a_secret() =>
        All.Where(name => !LikeSecret().IsMatch(name)).ShouldAllBe(name => !SettingNames.IsSecret(name));

    [Test]
    public void The_key_of_any_provider_is_a_secret() => SettingNames.IsSecret("OLLAMA_API_KEY").ShouldBeTrue();

    [Test]
    public void A_key_vault_can_have_every_setting_except_those_that_locate_it() =>
        All.Except(SettingNames.InKeyVault([Layer("environment")]))
            .ShouldBe(
                [
                    "ASPNETCORE_ENVIRONMENT",
                    "AZURE_KEYVAULT_RELOAD_MINUTES",
                    "AZURE_KEYVAULT_TIMEOUT_SECONDS",
                    "AZURE_KEYVAULT_URL",
                    "ENVIRONMENT",
                ],
                ignoreOrder: true
            );

    [GeneratedRegex("(KEY|SECRET|PASSWORD|TOKEN|CONNECTION_STRING|HEADERS)$|^DATABASE_URL$")]
    private static partial Regex LikeSecret();
}
