namespace QrAi.Application.Models;

/// <summary>The names that callers and settings know providers by.</summary>
public static class ModelProviderNames
{
    /// <summary>OpenRouter.</summary>
    public const string OpenRouter = "openrouter";

    /// <summary>Google AI.</summary>
    public const string GoogleAi = "google-ai";

    /// <summary>Answers without a network, and says that it is no language model.</summary>
    public const string Offline = "offline";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [OpenRouter, GoogleAi, Offline];
}
