using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Integration.Isolation;

public sealed class TestSettingsTests
{
    private static IReadOnlyDictionary<string, string> Values { get; } =
        EnvironmentFiles.ReadFile(AppContext.BaseDirectory, ".env.test").Values;

    [Test]
    public void The_settings_for_tests_contain_no_valid_key()
    {
        var keys = Values.Where(setting => setting.Key.EndsWith("_KEY", StringComparison.Ordinal)).ToList();

        keys.ShouldNotBeEmpty();
        keys.ShouldAllBe(key => key.Value.Contains("works-nowhere"));
    }

    [Test]
    public void The_settings_for_tests_contain_only_local_addresses()
    {
        var addresses = Values.Where(setting => setting.Key.EndsWith("_URL", StringComparison.Ordinal)).ToList();

        addresses.ShouldNotBeEmpty();
        addresses.ShouldAllBe(address => new Uri(address.Value).IsLoopback);
    }

    [Test]
    public void A_service_with_the_settings_for_tests_alone_asks_no_provider() =>
        QrAiSettings
            .Read([new SettingsLayer("test", new Dictionary<string, string> { ["ENVIRONMENT"] = "test" }), Layer()])
            .Llm.Providers.Select(provider => provider.Name)
            .ShouldBe(["offline"]);

    private static SettingsLayer Layer() => new(".env.test", Values);
}
