namespace QrAi.Application.Generations;

/// <summary>Why a generation begins again.</summary>
public enum RestartReason
{
    /// <summary>The provider broke off.</summary>
    ProviderFailed,

    /// <summary>The process that generated it died.</summary>
    Interrupted,
}

internal static class RestartReasons
{
    /// <summary>Why the last run of an answer began. Only the last reason is sent, and a takeover nearly always is the last.</summary>
    /// <param name="takeovers">How many processes have taken the answer over.</param>
    public static RestartReason After(int takeovers) =>
        takeovers > 0 ? RestartReason.Interrupted : RestartReason.ProviderFailed;
}
