using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>What a completion is made of, in the order in which it comes.</summary>
public abstract record CompletionPart
{
    private CompletionPart() { }

    /// <summary>A provider has begun. When one began before it, that one broke off, and what came of it is void.</summary>
    /// <param name="Provider">The provider's name.</param>
    /// <param name="Model">The model that it was asked for.</param>
    public sealed record Started(string Provider, string Model) : CompletionPart
    {
        /// <summary>Which completion it is; the same when it is told again.</summary>
        public required Guid CompletionId { get; init; }

        /// <summary>When it was asked for.</summary>
        public required DateTimeOffset BegunAt { get; init; }

        /// <summary>The session that it is kept in, if it is.</summary>
        public Guid? SessionId { get; init; }
    }

    /// <summary>More text.</summary>
    /// <param name="Value">The text.</param>
    public sealed record Text(string Value) : CompletionPart;

    /// <summary>More of a tool call.</summary>
    /// <param name="Index">Which call, from 0.</param>
    /// <param name="Id">The call's id; null in later pieces.</param>
    /// <param name="Name">The tool's name; null in later pieces.</param>
    /// <param name="Arguments">More of the arguments.</param>
    public sealed record ToolCall(int Index, string? Id, string? Name, string Arguments) : CompletionPart;

    /// <summary>It is whole: the last part.</summary>
    /// <param name="Reason">Why it ends: <c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>.</param>
    /// <param name="Usage">What it cost, where the provider says.</param>
    public sealed record Finished(string Reason, TokenUsage? Usage) : CompletionPart;
}
