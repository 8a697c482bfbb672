using QrAi.Application.Checks;

namespace QrAi.Infrastructure.Settings;

/// <summary>Reports invalid settings, or the layer of each setting; never a value.</summary>
internal sealed class EnvironmentCheck(SettingsResult reading) : IDeploymentCheck
{
    public string Name => CheckNames.Environment;

    public bool IsConfigured => true;

    public Task<CheckOutcome> RunAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            (reading.ServiceProblems.Count == 0 ? CheckOutcome.Ok(Describe()) : Failed()) with
            {
                Facts = reading.Sources.ToDictionary(source => source.Name, source => source.Layer),
            }
        );

    private CheckOutcome Failed() =>
        CheckOutcome.Failed(
            $"These settings are invalid: {string.Join(", ", reading.ServiceProblems.Select(problem => problem.Name))}.",
            "Correct them as described on standard error."
        ) with
        {
            Problems = [.. reading.ServiceProblems.Select(problem => problem.ToString())],
        };

    private string Describe()
    {
        var layers = reading
            .Sources.GroupBy(source => source.Layer)
            .Select(layer => $"{layer.Key} has {string.Join(", ", layer.Select(source => source.Name))}")
            .ToList();
        var environment = reading.Settings.Environment.Environment.ToString().ToLowerInvariant();
        return layers.Count == 0
            ? $"{environment}: all settings have their defaults."
            : $"{environment}: {string.Join("; ", layers)}; the others have their defaults.";
    }
}
