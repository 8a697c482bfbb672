namespace QrAi.Infrastructure.Settings;

/// <summary>What reading the settings came to: the settings, or all that is wrong with them; and where each came from.</summary>
public sealed class SettingsReading
{
    private readonly QrAiSettings _settings;

    private SettingsReading(QrAiSettings settings, SettingsReader reader)
    {
        _settings = settings;
        Problems = [.. reader.Problems];
        ServiceProblems = [.. reader.Problems, .. reader.ServiceProblems];
        Names = [.. reader.Names];
        Sources = [.. reader.Sources];
        KeyVault = reader.KeyVault;
    }

    /// <summary>What is wrong, at most once for each setting; empty if nothing is.</summary>
    public IReadOnlyList<SettingProblem> Problems { get; }

    /// <summary>The same, with what a service cannot start without and verbs can.</summary>
    public IReadOnlyList<SettingProblem> ServiceProblems { get; }

    /// <summary>Every setting there is, by name.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Those that are set, and where; the strongest layer first.</summary>
    public IReadOnlyList<SettingSource> Sources { get; }

    /// <summary>What came of reading the key vault; null where there is none.</summary>
    public KeyVaultReading? KeyVault { get; }

    /// <summary>Whether the settings can be used.</summary>
    public bool IsValid => Problems.Count == 0;

    /// <summary>The settings.</summary>
    /// <exception cref="InvalidSettingsException">Some cannot be used; all of them are named.</exception>
    public QrAiSettings Settings => IsValid ? _settings : throw new InvalidSettingsException(Problems);

    /// <summary>The settings, with all that the service needs and verbs can do without.</summary>
    /// <exception cref="InvalidSettingsException">Some cannot be used or are missing; all of them are named.</exception>
    public QrAiSettings ServiceSettings =>
        ServiceProblems.Count == 0 ? _settings : throw new InvalidSettingsException(ServiceProblems);

    /// <summary>Reads the settings, without throwing if they cannot be used.</summary>
    /// <param name="layers">Where they come from, the strongest first.</param>
    public static SettingsReading Of(IReadOnlyList<SettingsLayer> layers)
    {
        var reader = new SettingsReader(layers);
        return new SettingsReading(QrAiSettings.Read(reader), reader);
    }
}
