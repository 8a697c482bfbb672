namespace QrAi.Application.Models;

/// <summary>The names of providers in requests and settings.</summary>
public static class ModelProviderNames
{
    /// <summary>OpenRouter.</summary>
    public const string OpenRouter = "openrouter";

    /// <summary>Google AI.</summary>
    public const string GoogleAi = "google-ai";

    /// <summary>Answers without a network, and states that it is not a language model.</summary>
    public const string Offline = "offline";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [OpenRouter, GoogleAi, Offline];
}
