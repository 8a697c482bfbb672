namespace QrAi.Infrastructure.Settings;

/// <summary>The result of reading a key vault.</summary>
public sealed record KeyVaultResult
{
    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>The vault's address; null if the configured one is invalid.</summary>
    public required Uri? Url { get; init; }

    /// <summary>Settings by name; empty if the vault could not be read.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = Nothing;

    /// <summary>By setting, the reason why an existing secret is ignored.</summary>
    public IReadOnlyDictionary<string, string> Unusable { get; init; } = Nothing;

    /// <summary>Why the vault could not be read; null if it was read.</summary>
    public KeyVaultFault? Fault { get; init; }

    /// <summary>How long the reading took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The vault's name in messages.</summary>
    public string Name => Url is null ? "key vault" : $"key vault {Url.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Returns the name of a setting's secret.</summary>
    public static string SecretOf(string setting) => setting.Replace('_', '-');

    /// <summary>Converts the result to a layer of settings.</summary>
    public SettingsLayer ToLayer() => new(Name, Values) { KeyVault = this };

    /// <summary>Explains why the vault does not provide a setting.</summary>
    /// <param name="settings">The setting, and alternatives to it.</param>
    internal string Explain(params string[] settings) =>
        Fault is { } fault
            ? $"the {Name} {fault.Problem}; {fault.Next}, or set {string.Join(" or ", settings)} in the environment"
            : $"the {Name} "
                + (
                    settings.FirstOrDefault(Unusable.ContainsKey) is { } unusable
                        ? $"has the secret {SecretOf(unusable)}, but it {Unusable[unusable]}"
                        : $"has no secret {string.Join(" or ", settings.Select(SecretOf))}"
                );
}

/// <summary>Why a key vault could not be read.</summary>
/// <param name="Problem">The problem, as a predicate of the vault: <c>denied access (403 Forbidden)</c>.</param>
/// <param name="Next">The action for the operator.</param>
public sealed record KeyVaultFault(string Problem, string Next)
{
    /// <summary>The fault of an invalid address.</summary>
    internal static KeyVaultFault BadUrl { get; } = new("was not read", $"correct {KeyVaultOptions.UrlName}");
}
