namespace QrAi.Infrastructure.Settings;

/// <summary>The result of reading the settings: the settings or all problems, and the layer of each setting.</summary>
public sealed class SettingsResult
{
    private readonly QrAiSettings _settings;

    private SettingsResult(QrAiSettings settings, SettingsReader reader)
    {
        _settings = settings;
        Problems = [.. reader.Problems];
        ServiceProblems = [.. reader.Problems, .. reader.ServiceProblems];
        Names = [.. reader.Names];
        Sources = [.. reader.Sources];
        KeyVault = reader.KeyVault;
    }

    /// <summary>The problems, at most one for each setting; empty if the settings are valid.</summary>
    public IReadOnlyList<SettingProblem> Problems { get; }

    /// <summary>The problems, including missing settings that only the service requires, not the verbs.</summary>
    public IReadOnlyList<SettingProblem> ServiceProblems { get; }

    /// <summary>The names of all settings.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The settings that are set, with their layers; the strongest layer first.</summary>
    public IReadOnlyList<SettingSource> Sources { get; }

    /// <summary>The result of reading the key vault; null if there is none.</summary>
    public KeyVaultResult? KeyVault { get; }

    /// <summary>Whether the settings are valid for verbs.</summary>
    public bool IsValid => Problems.Count == 0;

    /// <summary>The settings.</summary>
    /// <exception cref="InvalidSettingsException">If settings are invalid; it names all of them.</exception>
    public QrAiSettings Settings => IsValid ? _settings : throw new InvalidSettingsException(Problems);

    /// <summary>The settings, including those that only the service requires.</summary>
    /// <exception cref="InvalidSettingsException">If settings are invalid or missing; it names all of them.</exception>
    public QrAiSettings ServiceSettings =>
        ServiceProblems.Count == 0 ? _settings : throw new InvalidSettingsException(ServiceProblems);

    /// <summary>Reads the settings, and does not throw if they are invalid.</summary>
    /// <param name="layers">The layers, the strongest first.</param>
    public static SettingsResult Of(IReadOnlyList<SettingsLayer> layers)
    {
        var reader = new SettingsReader(layers);
        return new SettingsResult(QrAiSettings.Read(reader), reader);
    }
}
