using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>The providers of language models, and their limits.</summary>
public sealed record LlmOptions
{
    private const string ProvidersName = "LLM_PROVIDERS";
    private const int MaxSystemPromptLength = 20_000;

    private const string DefaultSystemPrompt =
        "You are QrAi, an assistant that answers questions. Answer correctly and to the point, in the language of the question. "
        + "Say so when you do not know.";

    /// <summary>The providers in the order of failover; empty in production if none has a key.</summary>
    public required IReadOnlyList<LlmProviderOptions> Providers { get; init; }

    /// <summary>The system message of every request.</summary>
    public string SystemPrompt { get; init; } = DefaultSystemPrompt;

    /// <summary>The time limit of an attempt's first token: 0.1–600 s.</summary>
    public required TimeSpan FirstToken { get; init; }

    /// <summary>The time limit of a whole answer, including all attempts and providers: 0.1–3,600 s.</summary>
    public required TimeSpan Total { get; init; }

    /// <summary>The maximum length of an answer in UTF-8 bytes, at which the answer ends.</summary>
    public required long MaxAnswerBytes { get; init; }

    /// <summary>The maximum number of retries of a provider before the next one is used: 0–5.</summary>
    public required int MaxRetries { get; init; }

    /// <summary>The number of earlier messages that are sent with a question: 0–200.</summary>
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
        // The settings of known providers are validated even if the providers are not used.
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
        // A configured key vault is expected to have a key: without any, the start fails.
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
