using System.Globalization;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// Reads settings from layers, the strongest first, and collects every problem instead of stopping at the first. A value
/// that is empty counts as not set.
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

    /// <summary>What was wrong with the settings that were read, at most once for each.</summary>
    public IReadOnlyCollection<SettingProblem> Problems => _problems.Values;

    /// <summary>What the service needs beside that, and verbs can do without.</summary>
    public IReadOnlyCollection<SettingProblem> ServiceProblems => _serviceProblems;

    /// <summary>The settings that were asked for, set or not.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>Those of them that are set, and where; the strongest layer first.</summary>
    public IEnumerable<SettingSource> Sources =>
        layers.SelectMany(layer =>
            _names
                .Where(name => ReferenceEquals(Locate(name)?.Layer, layer))
                .Select(name => new SettingSource(name, layer.Name))
        );

    /// <summary>Where the settings come from, the strongest first.</summary>
    public IReadOnlyList<SettingsLayer> Layers => layers;

    /// <summary>What came of reading the key vault; null where there is none.</summary>
    public KeyVaultReading? KeyVault { get; } =
        layers.Select(layer => layer.KeyVault).FirstOrDefault(vault => vault is not null);

    /// <summary>Whether there is a key vault that could not be read. What it would have said is unknown then.</summary>
    public bool IsVaultUnreadable => KeyVault?.Fault is not null;

    /// <summary>
    /// A setting as it is written, without the white space around it; null if it is not set. No file stands in for a
    /// secret of a key vault that could not be read.
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
        Report(name, "must be written without the quotation marks around it, which are part of the value here");
        return value[1..^1];
    }

    /// <summary>Whether a file has a secret, which does not count as long as the key vault can not be read.</summary>
    /// <param name="name">The setting.</param>
    public bool IsWithheld(string name) => Find(name) is null && layers.Any(layer => ValueIn(layer, name) is not null);

    /// <summary>Notes that a setting cannot be used. What is noted first about a setting counts.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="problem">What is wrong and what is expected.</param>
    public void Report(string name, string problem) => _problems.TryAdd(name, new SettingProblem(name, problem));

    /// <summary>Notes that the service cannot start without a setting; verbs can do their work.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="problem">What is wrong and what is expected.</param>
    public void ReportForService(string name, string problem) =>
        _serviceProblems.Add(new SettingProblem(name, problem));

    /// <summary>Notes that secrets would cross a network in clear text, if they would: by http to another machine.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="url">Its address.</param>
    /// <param name="where">Where the rule holds, if not everywhere: <c> in production</c>.</param>
    /// <returns>Whether it was noted.</returns>
    public bool ReportClearText(string name, Uri url, string where = "")
    {
        if (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            return false;
        Report(name, $"must be an https address{where}, or http to this machine only");
        return true;
    }

    /// <summary>Notes that a setting is needed and not set, and why the key vault does not have it, where there is one.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="problem">Why it is needed.</param>
    /// <param name="instead">Another setting that would do as well.</param>
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

    /// <summary>A whole number.</summary>
    public int WholeNumber(string name, int byDefault, int min, int max) =>
        Parse(
            name,
            byDefault,
            $"must be a whole number from {min} to {max}",
            text =>
                int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= min
                && number <= max
                    ? number
                    : null
        );

    /// <summary>A time in seconds, with a fraction if need be.</summary>
    public TimeSpan Seconds(string name, double byDefault, double min, double max) =>
        TimeSpan.FromSeconds(Number(name, "seconds", byDefault, min, max));

    /// <summary>A time in minutes, with a fraction if need be.</summary>
    public TimeSpan Minutes(string name, double byDefault, double min, double max) =>
        TimeSpan.FromMinutes(Number(name, "minutes", byDefault, min, max));

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Boolean(string name, bool byDefault) =>
        Parse(name, byDefault, "must be true or false", text => bool.TryParse(text, out var value) ? value : null);

    /// <summary>One of a few words, whatever their case.</summary>
    public T OneOf<T>(string name, T byDefault, IReadOnlyDictionary<string, T> words)
        where T : struct =>
        Parse<T>(
            name,
            byDefault,
            $"must be one of {string.Join(", ", words.Keys)}",
            text => words.TryGetValue(text, out var value) ? value : null
        );

    private static string? ValueIn(SettingsLayer layer, string name) =>
        layer.Values.GetValueOrDefault(name)?.Trim() is { Length: > 0 } value ? value : null;

    private double Number(string name, string unit, double byDefault, double min, double max) =>
        Parse<double>(
            name,
            byDefault,
            string.Create(CultureInfo.InvariantCulture, $"must be a number of {unit} from {min} to {max}"),
            text =>
                double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number >= min
                && number <= max
                    ? number
                    : null
        );

    private T Parse<T>(string name, T byDefault, string rule, Func<string, T?> parse)
        where T : struct
    {
        if (Find(name) is not { } text)
            return byDefault;
        if (parse(text) is { } value)
            return value;

        // Only settings that are no secrets come here, so the value may be shown.
        Report(name, $"{rule}, not '{text}'");
        return byDefault;
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
