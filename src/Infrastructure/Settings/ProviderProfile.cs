using System.Text.RegularExpressions;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// The defaults and rules of a provider. A provider with defaults is one row of <see cref="Known"/>; any other server of
/// OpenAI's protocol needs no row, only the settings of its address and model.
/// </summary>
/// <param name="Name">Lower-case letters, digits and hyphens.</param>
internal sealed partial record ProviderProfile(string Name)
{
    private const int MaxNameLength = 40;

    /// <summary>The providers with defaults, in the order of failover.</summary>
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
            // Its list of models is public and does not verify the key: https://openrouter.ai/docs/api-reference/limits
            KeyPath = "key",
            // The headers that identify the application: https://openrouter.ai/docs/app-attribution
            Headers = new Dictionary<string, string>
            {
                ["HTTP-Referer"] = "http://localhost:8080",
                ["X-Title"] = "QrAi",
            },
            // OpenRouter itself reports the cost of every call by now; gateways of its protocol still wait to be asked:
            // https://openrouter.ai/docs/use-cases/usage-accounting
            AsksForCost = true,
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

    /// <summary>The default base address; null if it must be set.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>The default model; null if it must be set.</summary>
    public string? Model { get; init; }

    /// <summary>Whether it requires a key.</summary>
    public bool NeedsKey { get; init; }

    /// <summary>The format of its keys.</summary>
    public FormatRule KeyRule { get; init; } = new("must have no white space", _ => true);

    /// <summary>A path that verifies the key without using tokens; null if the list of models does.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Additional headers of every request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it reports the cost of a call when it is asked, as <c>usage.cost</c>.</summary>
    public bool AsksForCost { get; init; }

    /// <summary>Its name in OpenTelemetry's conventions.</summary>
    public string TelemetryName { get; init; } = Name;

    /// <summary>The name of the setting with its key.</summary>
    public string KeySetting => Prefix + "_API_KEY";

    /// <summary>The name of the setting with its address.</summary>
    public string BaseUrlSetting => Prefix + "_BASE_URL";

    /// <summary>The name of the setting with its model.</summary>
    public string ModelSetting => Prefix + "_MODEL";

    private string Prefix => Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>Returns the profile of a name; null if the name is invalid.</summary>
    public static ProviderProfile? Of(string name) =>
        Known.FirstOrDefault(profile => profile.Name == name)
        ?? (
            name.Length <= MaxNameLength && ValidName().IsMatch(name) && !IsReserved(name)
                ? new ProviderProfile(name)
                : null
        );

    // EMBEDDING_MODEL is another setting.
    private static bool IsReserved(string name) => name is ModelProviderNames.Offline or "embedding";

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.NonBacktracking)]
    private static partial Regex ValidName();

    /// <summary>The format of a provider's keys, in addition to visible ASCII, which every key must be.</summary>
    /// <param name="Text">The rule, for messages.</param>
    /// <param name="IsValid">Whether a key satisfies the rule.</param>
    internal sealed record FormatRule(string Text, Func<string, bool> IsValid);
}
