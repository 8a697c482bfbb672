namespace QrAi.Infrastructure.Settings;

/// <summary>One source of settings.</summary>
/// <param name="Name">The layer's name in messages.</param>
/// <param name="Values">The values by the names of the settings.</param>
public sealed record SettingsLayer(string Name, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Problems of the source itself, such as an unreadable file.</summary>
    public IReadOnlyList<SettingProblem> Problems { get; init; } = [];

    /// <summary>The result of reading the key vault; null if the source is another one.</summary>
    public KeyVaultResult? KeyVault { get; init; }
}
