using QrAi.Application.Generations;

namespace QrAi.WebApi.Streams;

/// <summary>The names of restart reasons in protocols.</summary>
internal static class RestartReasons
{
    /// <summary>Returns the name of a reason.</summary>
    public static string ToWord(this RestartReason reason) =>
        reason switch
        {
            RestartReason.ProviderFailed => "provider_failed",
            RestartReason.Interrupted => "interrupted",
            _ => throw new ArgumentOutOfRangeException(nameof(reason)),
        };
}
