namespace QrAi.Domain.Sessions;

/// <summary>What the providers have given for an answer when it ends, however it ends.</summary>
/// <param name="Content">The text so far.</param>
/// <param name="Provider">Who wrote it; null if nobody began.</param>
/// <param name="Model">With which model.</param>
/// <param name="Usage">What it cost, if the provider told.</param>
/// <param name="Attempts">Every call, in order.</param>
public sealed record Generation(
    string Content,
    string? Provider,
    string? Model,
    TokenUsage? Usage,
    IReadOnlyList<Attempt> Attempts
)
{
    /// <summary>Nothing has come.</summary>
    public static Generation Nothing { get; } = new("", null, null, null, []);
}
