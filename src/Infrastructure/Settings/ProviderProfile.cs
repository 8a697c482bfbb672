using System.Text.RegularExpressions;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// What is known of a provider by its name. Adding one that deserves defaults of its own is one row of <see cref="Known"/>;
/// any other that speaks OpenAI's protocol needs none, and is set by its address and model.
/// </summary>
/// <param name="Name">Lower-case letters, digits and hyphens.</param>
internal sealed partial record ProviderProfile(string Name)
{
    private const int MaxNameLength = 40;

    /// <summary>Those that have defaults, in the order of failover.</summary>
    public static IReadOnlyList<ProviderProfile> Known { get; } =
    [
        new(ModelProviderNames.OpenRouter)
        {
            BaseUrl = "https://openrouter.ai/api/v1",
            Model = "openai/gpt-5-mini",
            NeedsKey = true,
            KeyRule = new(
                "must begin with sk-or- and have no white space",
                key => key.StartsWith("sk-or-", StringComparison.Ordinal)
            ),
            // Its own list of models is open to everybody: https://openrouter.ai/docs/api-reference/limits
            KeyPath = "key",
            // How it knows applications: https://openrouter.ai/docs/app-attribution
            Headers = new Dictionary<string, string>
            {
                ["HTTP-Referer"] = "http://localhost:8080",
                ["X-Title"] = "QrAi",
            },
        },
        new(ModelProviderNames.GoogleAi)
        {
            BaseUrl = "https://generativelanguage.googleapis.com/v1beta/openai",
            Model = "gemini-2.5-flash",
            NeedsKey = true,
            KeyRule = new("must have at least 20 characters and no white space", key => key.Length >= 20),
            TelemetryName = "gcp.gemini",
        },
    ];

    /// <summary>Its address; null where that has to be set.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>The model that is asked; null where that has to be set.</summary>
    public string? Model { get; init; }

    /// <summary>Whether it answers nobody without a key.</summary>
    public bool NeedsKey { get; init; }

    /// <summary>What its keys look like.</summary>
    public KeyShape KeyRule { get; init; } = new("must have no white space", _ => true);

    /// <summary>A path that tells of the key without costing tokens; null where the list of models does.</summary>
    public string? KeyPath { get; init; }

    /// <summary>What it is sent with every request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>What OpenTelemetry's conventions call it.</summary>
    public string TelemetryName { get; init; } = Name;

    /// <summary>The setting of its key.</summary>
    public string KeySetting => Prefix + "_API_KEY";

    /// <summary>The setting of its address.</summary>
    public string BaseUrlSetting => Prefix + "_BASE_URL";

    /// <summary>The setting of its model.</summary>
    public string ModelSetting => Prefix + "_MODEL";

    private string Prefix => Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>The profile of a name; null if the name cannot be one.</summary>
    public static ProviderProfile? Of(string name) =>
        Known.FirstOrDefault(profile => profile.Name == name)
        ?? (
            name.Length <= MaxNameLength && ValidName().IsMatch(name) && !Reserved(name)
                ? new ProviderProfile(name)
                : null
        );

    // EMBEDDING_MODEL is a setting of its own.
    private static bool Reserved(string name) => name is ModelProviderNames.Offline or "embedding";

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.NonBacktracking)]
    private static partial Regex ValidName();

    /// <summary>What the keys of a provider look like.</summary>
    /// <param name="Rule">The rule, for whoever has broken it.</param>
    /// <param name="IsKept">Whether a key keeps it, apart from being visible ASCII, which every key is.</param>
    internal sealed record KeyShape(string Rule, Func<string, bool> IsKept);
}
