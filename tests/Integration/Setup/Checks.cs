using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Setup;

/// <summary>Runs checks in the application composed for the verb <c>check</c>.</summary>
internal static class Checks
{
    /// <summary>Runs one check.</summary>
    /// <param name="name">The name of the check.</param>
    /// <param name="clock">Its clock; by default the machine's.</param>
    /// <param name="settings">The settings, in addition to those of a test without a provider.</param>
    public static async Task<CheckOutcome> RunAsync(
        string name,
        TimeProvider? clock,
        params (string Name, string Value)[] settings
    )
    {
        var values = new Dictionary<string, string>
        {
            ["ENVIRONMENT"] = "test",
            ["LLM_PROVIDERS"] = "offline",
            ["DATABASE_TIMEOUT_SECONDS"] = "60",
        };
        foreach (var (setting, value) in settings)
            values[setting] = value;
        using var host = QrAiService.BuildForChecks(
            SettingsResult.Of([new SettingsLayer("test", values)]),
            services =>
            {
                if (clock is not null)
                    services.AddSingleton(clock);
            }
        );
        await using var owned = (IAsyncDisposable)host;
        var results = await host.Services.GetRequiredService<ISender>().Send(new RunChecks([name]));
        return results.ShouldHaveSingleItem().Outcome;
    }
}
