using QrAi.Application.Generations;

namespace QrAi.WebApi.Streams;

/// <summary>How callers know why an answer begins again.</summary>
internal static class RestartReasons
{
    /// <summary>The word for a reason.</summary>
    public static string ToWord(this RestartReason reason) =>
        reason switch
        {
            RestartReason.ProviderFailed => "provider_failed",
            RestartReason.Interrupted => "interrupted",
            _ => throw new ArgumentOutOfRangeException(nameof(reason)),
        };
}
