namespace QrAi.Infrastructure.Settings;

/// <summary>What came of reading a key vault.</summary>
public sealed record KeyVaultReading
{
    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>The vault's address; null where the one that is set cannot be used.</summary>
    public required Uri? Url { get; init; }

    /// <summary>Settings by name; none if it could not be read.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = Nothing;

    /// <summary>By setting, what is wrong with a secret that is there and does not count.</summary>
    public IReadOnlyDictionary<string, string> Unusable { get; init; } = Nothing;

    /// <summary>Why it could not be read; null if it was.</summary>
    public KeyVaultFault? Fault { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What people call the vault.</summary>
    public string Name => Url is null ? "key vault" : $"key vault {Url.GetLeftPart(UriPartial.Authority)}";

    /// <summary>The name of the secret that is a setting.</summary>
    public static string SecretOf(string setting) => setting.Replace('_', '-');

    /// <summary>Its place among the settings.</summary>
    public SettingsLayer ToLayer() => new(Name, Values) { KeyVault = this };

    /// <summary>Why a setting can not be had from it.</summary>
    /// <param name="settings">The setting, and others that would do as well.</param>
    internal string Explain(params string[] settings) =>
        Fault is { } fault
            ? $"the {Name} {fault.What}; {fault.Next}, or set {string.Join(" or ", settings)} in the environment"
            : $"the {Name} "
                + (
                    settings.FirstOrDefault(Unusable.ContainsKey) is { } unusable
                        ? $"has the secret {SecretOf(unusable)}, but it {Unusable[unusable]}"
                        : $"has no secret {string.Join(" or ", settings.Select(SecretOf))}"
                );
}

/// <summary>Why a key vault could not be read.</summary>
/// <param name="What">What happened, said of the vault: <c>refused to be read (403 Forbidden)</c>.</param>
/// <param name="Next">What to do about it.</param>
public sealed record KeyVaultFault(string What, string Next)
{
    /// <summary>Its address cannot be used.</summary>
    internal static KeyVaultFault BadUrl { get; } = new("was not asked", $"correct {KeyVaultOptions.UrlName}");
}
