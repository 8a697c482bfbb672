using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>A snapshot of a generation.</summary>
/// <param name="Version">The version, which every change increments.</param>
/// <param name="Run">The number of the run.</param>
/// <param name="Start">The start of the run; null before it, or while it is not visible to followers.</param>
/// <param name="First">The start of the first run in this process; null before it.</param>
/// <param name="RestartReason">Why the previous run is void, if there was one.</param>
/// <param name="Text">The text.</param>
/// <param name="Calls">The tool calls.</param>
/// <param name="Sources">The passages of documents that the answer is given.</param>
/// <param name="End">The end; null before it.</param>
/// <param name="Fault">Why this process stopped before the end; null if it did not.</param>
internal readonly record struct GenerationView(
    int Version,
    int Run,
    GenerationStart? Start,
    GenerationStart? First,
    RestartReason RestartReason,
    ReadOnlyMemory<char> Text,
    IReadOnlyList<ToolCallView> Calls,
    IReadOnlyList<SourcePassage> Sources,
    GenerationEnd? End,
    Exception? Fault
)
{
    /// <summary>Returns the answer with the current content.</summary>
    /// <param name="identity">The identity of the answer.</param>
    public MessageDto ToMessage(GenerationIdentity identity) =>
        new(
            identity.Id,
            identity.SessionId!.Value,
            identity.QuestionId,
            MessageRole.Assistant,
            Text.ToString(),
            End?.Status ?? MessageStatus.Generating,
            Start?.Provider,
            Start?.Model,
            End?.Usage,
            End?.Attempts,
            End?.Error,
            identity.CreatedAt,
            End?.CompletedAt
        )
        {
            FinishReason = End?.FinishReason,
            Run = Run,
            Sources = Sources.Count > 0 ? Sources : null,
        };

    /// <summary>Whether an event with a position may have been sent.</summary>
    /// <param name="position">The position.</param>
    /// <param name="isLocal">Whether this process generates the answer, so that no other one has more of its content.</param>
    public bool MayHaveSent(Position position, bool isLocal)
    {
        if (position.Run != Run)
            return position.Run < Run && !position.IsEnd;
        var text = Text.Span;
        if (position.Offset > text.Length)
            return !isLocal && End is null && !position.IsEnd;
        if (position.IsEnd)
            return End is not null && position.Offset == text.Length;
        return position.Offset <= 0
            || position.Offset == text.Length
            || !char.IsSurrogatePair(text[position.Offset - 1], text[position.Offset]);
    }
}

/// <summary>A snapshot of a tool call.</summary>
/// <param name="Index">The index of the call, from 0, as the provider counts them.</param>
/// <param name="Identity">The id, the tool and additional members.</param>
/// <param name="Arguments">The arguments.</param>
internal readonly record struct ToolCallView(int Index, ToolCallIdentity Identity, ReadOnlyMemory<char> Arguments);

/// <summary>A part of an answer that the database does not have yet.</summary>
/// <param name="Run">The number of the run.</param>
/// <param name="Start">The offset of the part in the text of the run.</param>
/// <param name="Text">The text; empty if there is no more.</param>
/// <param name="Provider">The provider; null before it has started to answer.</param>
/// <param name="Model">The model of the provider.</param>
/// <param name="Sources">The passages of documents that the answer is given.</param>
internal readonly record struct UnrecordedContent(
    int Run,
    int Start,
    string Text,
    string? Provider,
    string? Model,
    IReadOnlyList<SourcePassage> Sources
);
