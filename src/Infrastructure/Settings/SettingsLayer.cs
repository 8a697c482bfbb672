namespace QrAi.Infrastructure.Settings;

/// <summary>One place that settings come from.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Values">Its settings by name.</param>
public sealed record SettingsLayer(string Name, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>What is wrong with the place itself, as when it cannot be read; empty if nothing is.</summary>
    public IReadOnlyList<SettingProblem> Problems { get; init; } = [];

    /// <summary>What came of reading it, where it is a key vault.</summary>
    public KeyVaultReading? KeyVault { get; init; }
}
