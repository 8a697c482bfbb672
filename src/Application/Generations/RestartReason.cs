namespace QrAi.Application.Generations;

/// <summary>The reason of the restart of a generation.</summary>
public enum RestartReason
{
    /// <summary>The provider failed during its answer.</summary>
    ProviderFailed,

    /// <summary>The process that generated it died.</summary>
    Interrupted,
}

internal static class RestartReasons
{
    /// <summary>Returns the reason of the last run of an answer. After a takeover, that is nearly always the takeover.</summary>
    /// <param name="takeovers">The number of takeovers by other processes.</param>
    public static RestartReason After(int takeovers) =>
        takeovers > 0 ? RestartReason.Interrupted : RestartReason.ProviderFailed;
}
