using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>Which language models answer, and how long to wait for them.</summary>
public sealed record LlmOptions
{
    /// <summary>The setting with OpenRouter's key.</summary>
    public const string OpenRouterKey = "OPENROUTER_API_KEY";

    /// <summary>The setting with Google AI's key.</summary>
    public const string GoogleAiKey = "GOOGLE_AI_API_KEY";

    /// <summary>The providers in the order of failover; none in production if none has a key.</summary>
    public required IReadOnlyList<string> Providers { get; init; }

    /// <summary>OpenRouter; null without a key.</summary>
    public LlmProviderOptions? OpenRouter { get; init; }

    /// <summary>Google AI; null without a key.</summary>
    public LlmProviderOptions? GoogleAi { get; init; }

    /// <summary>One attempt's wait for its first token.</summary>
    public required TimeSpan FirstToken { get; init; }

    /// <summary>The whole answer, every attempt and provider included.</summary>
    public required TimeSpan Total { get; init; }

    /// <summary>How often a provider is asked again before the next one is: 0–5.</summary>
    public required int MaxRetries { get; init; }

    /// <summary>Earlier messages sent with a question: 0–200.</summary>
    public required int HistoryMessages { get; init; }

    /// <summary>How a provider that has a key is reached.</summary>
    /// <param name="provider">One of <see cref="Providers"/>, but not <c>offline</c>.</param>
    internal LlmProviderOptions OptionsOf(string provider) =>
        (provider == ModelProviderNames.OpenRouter ? OpenRouter : GoogleAi)!;

    internal static LlmOptions Read(SettingsReader settings, DeploymentEnvironment environment)
    {
        var inProduction = environment == DeploymentEnvironment.Production;
        var openRouter = LlmProviderOptions.Read(
            settings,
            "OPENROUTER",
            "https://openrouter.ai/api/v1",
            "openai/gpt-5-mini",
            key =>
                key.StartsWith("sk-or-", StringComparison.Ordinal) && IsHeaderText(key)
                    ? null
                    : "must begin with sk-or- and have no white space",
            inProduction
        );
        var googleAi = LlmProviderOptions.Read(
            settings,
            "GOOGLE_AI",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "gemini-2.5-flash",
            key => key.Length >= 20 && IsHeaderText(key) ? null : "must have at least 20 characters and no white space",
            inProduction
        );
        return new LlmOptions
        {
            Providers = ReadProviders(settings, openRouter, googleAi, inProduction),
            OpenRouter = openRouter,
            GoogleAi = googleAi,
            FirstToken = settings.Seconds("LLM_FIRST_TOKEN_SECONDS", 15, 0.1, 600),
            Total = settings.Seconds("LLM_TOTAL_SECONDS", 120, 0.1, 3_600),
            MaxRetries = settings.WholeNumber("LLM_MAX_RETRIES", 2, 0, 5),
            HistoryMessages = settings.WholeNumber("LLM_HISTORY_MESSAGES", 20, 0, 200),
        };
    }

    /// <summary>Keys go into a header, which takes visible ASCII only.</summary>
    private static bool IsHeaderText(string key) => !key.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static IReadOnlyList<string> ReadProviders(
        SettingsReader settings,
        LlmProviderOptions? openRouter,
        LlmProviderOptions? googleAi,
        bool inProduction
    )
    {
        const string Name = "LLM_PROVIDERS";
        if (settings.Find(Name) is not { } list)
        {
            List<string> withKey = [];
            if (openRouter is not null)
                withKey.Add(ModelProviderNames.OpenRouter);
            if (googleAi is not null)
                withKey.Add(ModelProviderNames.GoogleAi);
            if (withKey.Count > 0)
                return withKey;
            // Who has a key vault expects its keys: no key at all is a fault then, and not the wish to do without.
            if (settings.IsVaultUnreadable || (settings.KeyVault is not null && inProduction))
                settings.ReportMissing(OpenRouterKey, $"must be set, or {GoogleAiKey}, or {Name}", GoogleAiKey);
            else if (!inProduction)
                withKey.Add(ModelProviderNames.Offline);
            return withKey;
        }

        var providers = list.Split(',', StringSplitOptions.TrimEntries);
        if (providers.Except(ModelProviderNames.All).ToList() is [_, ..] unknown)
            settings.Report(
                Name,
                $"must be a comma-separated list of {string.Join(", ", ModelProviderNames.All)}; "
                    + $"{string.Join(", ", unknown.Select(provider => $"'{provider}'"))} {(unknown.Count == 1 ? "is" : "are")} unknown"
            );
        else if (providers.Distinct().Count() < providers.Length)
            settings.Report(Name, "must name each provider once");
        // A key that is there but wrong has been reported already.
        if (providers.Contains(ModelProviderNames.OpenRouter) && settings.Find(OpenRouterKey) is null)
            settings.ReportMissing(OpenRouterKey, $"must be set, because {Name} names openrouter");
        if (providers.Contains(ModelProviderNames.GoogleAi) && settings.Find(GoogleAiKey) is null)
            settings.ReportMissing(GoogleAiKey, $"must be set, because {Name} names google-ai");
        return providers;
    }
}

/// <summary>One provider that speaks OpenAI's protocol.</summary>
/// <param name="ApiKey">The secret.</param>
/// <param name="BaseUrl">What <c>/chat/completions</c> is added to.</param>
/// <param name="Model">The model that is asked unless the caller names one.</param>
public sealed record LlmProviderOptions(string ApiKey, Uri BaseUrl, string Model)
{
    /// <summary>Where and what, without the key.</summary>
    public override string ToString() => $"{Model} at {BaseUrl}";

    internal static LlmProviderOptions? Read(
        SettingsReader settings,
        string prefix,
        string baseUrl,
        string model,
        Func<string, string?> checkKey,
        bool inProduction
    )
    {
        var key = settings.Find($"{prefix}_API_KEY");
        if (key is not null && checkKey(key) is { } problem)
            settings.Report($"{prefix}_API_KEY", problem);
        var address = ReadBaseUrl(settings, $"{prefix}_BASE_URL", baseUrl, inProduction);
        model = settings.Find($"{prefix}_MODEL") ?? model;
        return key is null ? null : new LlmProviderOptions(key, address, model);
    }

    private static Uri ReadBaseUrl(SettingsReader settings, string name, string byDefault, bool inProduction)
    {
        var text = settings.Find(name) ?? byDefault;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            settings.Report(name, "must be an absolute http or https address");
        else if (url.Query.Length > 0 || url.Fragment.Length > 0)
            settings.Report(name, "must be an address that a path can be added to");
        else if (!inProduction || !settings.ReportClearText(name, url, " in production"))
            return new Uri(url.AbsoluteUri.TrimEnd('/') + "/");
        return new Uri(byDefault);
    }
}
