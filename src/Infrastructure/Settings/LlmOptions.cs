using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>Which language models answer, and how long to wait for them.</summary>
public sealed record LlmOptions
{
    private const string ProvidersName = "LLM_PROVIDERS";
    private const int MaxSystemPromptLength = 20_000;

    private const string DefaultSystemPrompt =
        "You are QrAi, an assistant that answers questions. Answer correctly and to the point, in the language of the question. "
        + "Say so when you do not know.";

    /// <summary>The providers in the order of failover; none in production where none has a key.</summary>
    public required IReadOnlyList<LlmProviderOptions> Providers { get; init; }

    /// <summary>What every model is told first.</summary>
    public string SystemPrompt { get; init; } = DefaultSystemPrompt;

    /// <summary>One attempt's wait for its first token.</summary>
    public required TimeSpan FirstToken { get; init; }

    /// <summary>The whole answer, every attempt and provider included.</summary>
    public required TimeSpan Total { get; init; }

    /// <summary>The longest that an answer may be, in bytes of UTF-8; a longer one ends there.</summary>
    public required long MaxAnswerBytes { get; init; }

    /// <summary>How often a provider is asked again before the next one is: 0–5.</summary>
    public required int MaxRetries { get; init; }

    /// <summary>Earlier messages sent with a question: 0–200.</summary>
    public required int HistoryMessages { get; init; }

    internal static LlmOptions Read(SettingsReader settings, DeploymentEnvironment environment)
    {
        var inProduction = environment == DeploymentEnvironment.Production;
        return new LlmOptions
        {
            Providers = ReadProviders(settings, inProduction),
            SystemPrompt = ReadSystemPrompt(settings),
            FirstToken = settings.Seconds("LLM_FIRST_TOKEN_SECONDS", 15, 0.1, 600),
            Total = settings.Seconds("LLM_TOTAL_SECONDS", 120, 0.1, 3_600),
            MaxAnswerBytes = settings.WholeNumber("LLM_MAX_ANSWER_MIB", 4, 1, 64) * 1024L * 1024,
            MaxRetries = settings.WholeNumber("LLM_MAX_RETRIES", 2, 0, 5),
            HistoryMessages = settings.WholeNumber("LLM_HISTORY_MESSAGES", 20, 0, 200),
        };
    }

    private static string ReadSystemPrompt(SettingsReader settings)
    {
        const string Name = "SYSTEM_PROMPT";
        var prompt = settings.Find(Name) ?? DefaultSystemPrompt;
        if (prompt.Length > MaxSystemPromptLength)
            settings.Report(Name, $"must have at most {MaxSystemPromptLength} characters");
        return prompt;
    }

    private static List<LlmProviderOptions> ReadProviders(SettingsReader settings, bool inProduction)
    {
        // Their settings are looked at even if they are not to be asked: whoever sets one wants it to be right.
        var known = ProviderProfile
            .Known.Select(profile => LlmProviderOptions.Read(settings, profile, inProduction))
            .ToList();
        return settings.Find(ProvidersName) is { } list
            ? ReadList(settings, list, inProduction, known)
            : WithKey(settings, inProduction, known);
    }

    private static List<LlmProviderOptions> WithKey(
        SettingsReader settings,
        bool inProduction,
        List<LlmProviderOptions> known
    )
    {
        var withKey = known.Where(provider => provider.ApiKey is not null).ToList();
        if (withKey.Count > 0)
            return withKey;

        string[] keys = [.. known.Select(provider => provider.Profile.KeySetting)];
        var problem = $"must be set, or {string.Join(", or ", keys[1..])}, or {ProvidersName}";
        // Who has a key vault expects its keys: no key at all is a fault then, and not the wish to do without.
        if (settings.IsVaultUnreadable || settings.KeyVault is not null && inProduction)
            settings.ReportMissing(keys[0], problem, keys[1]);
        else if (inProduction)
            settings.ReportForService(keys[0], $"{problem}: there is no provider to answer");
        return inProduction ? [] : [LlmProviderOptions.Offline];
    }

    private static List<LlmProviderOptions> ReadList(
        SettingsReader settings,
        string list,
        bool inProduction,
        List<LlmProviderOptions> known
    )
    {
        var names = list.Split(',', StringSplitOptions.TrimEntries);
        if (names.Distinct().Count() < names.Length)
            settings.Report(ProvidersName, "must name each provider once");

        var providers = new List<LlmProviderOptions>(names.Length);
        foreach (var name in names.Distinct())
            if (name == ModelProviderNames.Offline)
                providers.Add(LlmProviderOptions.Offline);
            else if (ProviderProfile.Of(name) is { } profile)
                providers.Add(
                    known.Find(provider => provider.Name == name)
                        ?? LlmProviderOptions.Read(settings, profile, inProduction)
                );
            else
                settings.Report(
                    ProvidersName,
                    "must be a comma-separated list of names of lower-case letters, digits and hyphens, such as "
                        + $"{string.Join(", ", ModelProviderNames.All)}, ollama; '{name}' is none"
                );
        foreach (var provider in providers.Where(provider => provider.Name != ModelProviderNames.Offline))
            provider.ReportMissing(settings, $"{ProvidersName} names {provider.Name}");
        return providers;
    }
}
