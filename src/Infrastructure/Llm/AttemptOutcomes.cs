using System.Globalization;

namespace QrAi.Infrastructure.Llm;

/// <summary>The outcomes of attempts, as callers see them in <c>attempts</c>.</summary>
internal static class AttemptOutcomes
{
    public const string Completed = "completed";
    public const string ConnectionFailed = "connection_failed";
    public const string NoFirstToken = "no_first_token";
    public const string BrokenOff = "broken_off";
    public const string Empty = "empty";
    public const string CircuitOpen = "circuit_open";
    public const string TotalTimeExceeded = "total_time_exceeded";
    public const string Cancelled = "cancelled";

    /// <summary>Of embeddings only: the time limit elapsed.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>Of embeddings only: the response cannot be used.</summary>
    public const string InvalidResponse = "invalid_response";

    /// <summary>A fault of this program.</summary>
    public const string Failed = "failed";

    private const string HttpPrefix = "http_";

    public static string Http(int status) => string.Create(CultureInfo.InvariantCulture, $"{HttpPrefix}{status}");

    public static bool IsHttp(string outcome) => outcome.StartsWith(HttpPrefix, StringComparison.Ordinal);
}
