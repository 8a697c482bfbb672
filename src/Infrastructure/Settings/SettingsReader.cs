using System.Globalization;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// Reads settings from layers, the strongest first, and collects all problems instead of stopping at the first. An empty value
/// counts as not set.
/// </summary>
/// <param name="layers">The layers, the strongest first.</param>
public sealed class SettingsReader(IReadOnlyList<SettingsLayer> layers)
{
    private readonly Dictionary<string, SettingProblem> _problems = layers
        .SelectMany(layer => layer.Problems)
        .DistinctBy(problem => problem.Name)
        .ToDictionary(problem => problem.Name);

    private readonly List<SettingProblem> _serviceProblems = [];
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The problems of the settings that were read, at most one for each.</summary>
    public IReadOnlyCollection<SettingProblem> Problems => _problems.Values;

    /// <summary>Missing settings that only the service requires, not the verbs.</summary>
    public IReadOnlyCollection<SettingProblem> ServiceProblems => _serviceProblems;

    /// <summary>The names of the settings that were read, set or not.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>The settings that are set, with their layers; the strongest layer first.</summary>
    public IEnumerable<SettingSource> Sources =>
        layers.SelectMany(layer =>
            _names
                .Where(name => ReferenceEquals(Locate(name)?.Layer, layer))
                .Select(name => new SettingSource(name, layer.Name))
        );

    /// <summary>The layers of the settings, the strongest first.</summary>
    public IReadOnlyList<SettingsLayer> Layers => layers;

    /// <summary>The result of reading the key vault; null if there is none.</summary>
    public KeyVaultResult? KeyVault { get; } =
        layers.Select(layer => layer.KeyVault).FirstOrDefault(vault => vault is not null);

    /// <summary>Whether a key vault could not be read, so that its values are unknown.</summary>
    public bool IsVaultUnreadable => KeyVault?.Fault is not null;

    /// <summary>
    /// Returns the value of a setting, trimmed; null if it is not set. The value of a secret in a file does not replace that of
    /// a key vault that could not be read.
    /// </summary>
    /// <param name="name">The setting.</param>
    public string? Find(string name)
    {
        _names.Add(name);
        var value = Locate(name)?.Value;
        if (
            value is not [('"' or '\'') and var first, .., var last]
            || first != last
            || SettingNames.Texts.Contains(name)
        )
            return value;
        Report(name, "must be written without the surrounding quotation marks, which are part of the value here");
        return value[1..^1];
    }

    /// <summary>Whether a file has a secret that is ignored because the key vault could not be read.</summary>
    /// <param name="name">The setting.</param>
    public bool IsWithheld(string name) => Find(name) is null && layers.Any(layer => ValueIn(layer, name) is not null);

    /// <summary>Records that a setting is invalid. Only the first problem of a setting is recorded.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="problem">The rule that is violated.</param>
    public void Report(string name, string problem) => _problems.TryAdd(name, new SettingProblem(name, problem));

    /// <summary>Records that the service, but not the verbs, requires a setting.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="problem">The rule that is violated.</param>
    public void ReportForService(string name, string problem) =>
        _serviceProblems.Add(new SettingProblem(name, problem));

    /// <summary>Records a problem if an address would send secrets in clear text: http to another machine.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="url">The address.</param>
    /// <param name="where">The scope of the rule, if it is limited: <c> in production</c>.</param>
    /// <returns>Whether a problem was recorded.</returns>
    public bool ReportClearText(string name, Uri url, string where = "")
    {
        if (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            return false;
        Report(name, $"must be an https address{where}, or http to this machine only");
        return true;
    }

    /// <summary>Records that a required setting is not set, and why the key vault, if there is one, does not have it.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="problem">Why the setting is required.</param>
    /// <param name="instead">An alternative setting; null if there is none.</param>
    public void ReportMissing(string name, string problem, string? instead = null)
    {
        string[] names = instead is null ? [name] : [name, instead];
        Report(
            name,
            KeyVault is null ? problem
                : IsVaultUnreadable ? KeyVault.Explain(names)
                : $"{problem}; {KeyVault.Explain(names)}"
        );
    }

    /// <summary>Reads a whole number.</summary>
    public int WholeNumber(string name, int defaultValue, int min, int max) =>
        Parse(
            name,
            defaultValue,
            $"must be a whole number from {min} to {max}",
            text =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= min
                && number <= max
                    ? number
                    : null
        );

    /// <summary>Reads a time in seconds, with an optional fraction.</summary>
    public TimeSpan Seconds(string name, double defaultValue, double min, double max) =>
        TimeSpan.FromSeconds(Number(name, "seconds", defaultValue, min, max));

    /// <summary>Reads a time in minutes, with an optional fraction.</summary>
    public TimeSpan Minutes(string name, double defaultValue, double min, double max) =>
        TimeSpan.FromMinutes(Number(name, "minutes", defaultValue, min, max));

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public bool Boolean(string name, bool defaultValue) =>
        Parse(name, defaultValue, "must be true or false", text => bool.TryParse(text, out var value) ? value : null);

    /// <summary>Reads one of several values.</summary>
    public T OneOf<T>(string name, T defaultValue, IReadOnlyDictionary<string, T> values)
        where T : struct =>
        Parse<T>(
            name,
            defaultValue,
            $"must be one of {string.Join(", ", values.Keys)}",
            text => values.TryGetValue(text, out var value) ? value : null
        );

    private static string? ValueIn(SettingsLayer layer, string name) =>
        layer.Values.GetValueOrDefault(name)?.Trim() is { Length: > 0 } value ? value : null;

    private double Number(string name, string unit, double defaultValue, double min, double max) =>
        Parse<double>(
            name,
            defaultValue,
            string.Create(CultureInfo.InvariantCulture, $"must be a number of {unit} from {min} to {max}"),
            text =>
                double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number >= min
                && number <= max
                    ? number
                    : null
        );

    private T Parse<T>(string name, T defaultValue, string rule, Func<string, T?> parse)
        where T : struct
    {
        if (Find(name) is not { } text)
            return defaultValue;
        if (parse(text) is { } value)
            return value;

        // No secret is parsed here, so the value may be shown.
        Report(name, $"{rule}, not '{text}'");
        return defaultValue;
    }

    private (SettingsLayer Layer, string Value)? Locate(string name)
    {
        foreach (var layer in layers)
            if (ValueIn(layer, name) is { } value)
                return (layer, value);
            else if (layer.KeyVault?.Fault is not null && SettingNames.IsSecret(name))
                return null;
        return null;
    }
}
