using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Setup;

/// <summary>What the verb <c>check</c> finds, in the application as it is composed for it.</summary>
internal static class Checks
{
    /// <summary>Runs one check.</summary>
    /// <param name="name">Which.</param>
    /// <param name="clock">Its clock, if not the machine's.</param>
    /// <param name="settings">The settings, besides that it is a test without a provider.</param>
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
