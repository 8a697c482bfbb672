using QrAi.Application.Checks;
using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class EnvironmentCheckTests
{
    private const string Secret = "sk-or-that-nobody-may-see";

    [Test]
    public async Task The_outcome_states_the_source_of_each_setting_and_never_its_value()
    {
        var outcome = await CheckAsync(
            Layer("environment", ("DATABASE_URL", $"postgresql://me:{Secret}@db/qrai"), ("LLM_MAX_RETRIES", "")),
            Layer(".env.development", ("OPENROUTER_API_KEY", Secret), ("LLM_MAX_RETRIES", "3"), ("SOMETHING", "else")),
            Layer(".env", ("OPENROUTER_API_KEY", "sk-or-weaker"), ("LOG_LEVEL", "DEBUG"))
        );

        outcome.Passed.ShouldBeTrue();
        outcome.Detail.ShouldBe(
            "development: environment has DATABASE_URL; .env.development has LLM_MAX_RETRIES, OPENROUTER_API_KEY; "
                + ".env has LOG_LEVEL; the others have their defaults."
        );
        outcome.Facts.ShouldBe(
            new Dictionary<string, string>
            {
                ["DATABASE_URL"] = "environment",
                ["LLM_MAX_RETRIES"] = ".env.development",
                ["LOG_LEVEL"] = ".env",
                ["OPENROUTER_API_KEY"] = ".env.development",
            },
            ignoreOrder: true
        );
        outcome.ToString().ShouldNotContain(Secret);
        outcome.Problems.ShouldBeEmpty();
    }

    [Test]
    public async Task Without_settings_the_outcome_states_that_all_have_defaults() =>
        (await CheckAsync()).Detail.ShouldBe("development: all settings have their defaults.");

    [Test]
    public async Task Invalid_settings_are_reported_as_at_the_start()
    {
        var outcome = await CheckAsync(
            Layer("environment", ("LOG_LEVEL", "LOUD"), ("OPENROUTER_API_KEY", "key-that-nobody-may-see"))
        );

        outcome.Passed.ShouldBeFalse();
        outcome.Problems.ShouldBe(
            Problems(("LOG_LEVEL", "LOUD"), ("OPENROUTER_API_KEY", "key-that-nobody-may-see")),
            ignoreOrder: true
        );
        outcome.Detail.ShouldBe(
            "These settings are invalid: OPENROUTER_API_KEY, LOG_LEVEL. Correct them as described on standard error."
        );
        outcome.Facts["LOG_LEVEL"].ShouldBe("environment");
    }

    [Test]
    public async Task Settings_that_prevent_the_start_of_the_service_are_reported_too()
    {
        var outcome = await CheckAsync(
            Layer("environment", ("ENVIRONMENT", "production"), ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"))
        );

        outcome.Passed.ShouldBeFalse();
        outcome.Problems.ShouldHaveSingleItem().ShouldEndWith(": there is no provider to answer");
    }

    private static Task<CheckOutcome> CheckAsync(params SettingsLayer[] layers) =>
        new EnvironmentCheck(SettingsResult.Of(layers)).RunAsync(CancellationToken.None);
}
