using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>The content of a generation at one moment.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Run">The number of its run.</param>
/// <param name="Start">Who has begun; null while nobody has, or while nobody may be told.</param>
/// <param name="First">Who had begun the first run here; null while nobody has.</param>
/// <param name="RestartReason">Why the run before is void, if there was one.</param>
/// <param name="Text">The text.</param>
/// <param name="Calls">The tool calls.</param>
/// <param name="End">How it ended; null while it has not.</param>
/// <param name="Fault">Why nothing more comes from here, though it has not ended.</param>
internal readonly record struct GenerationView(
    int Version,
    int Run,
    GenerationStart? Start,
    GenerationStart? First,
    RestartReason RestartReason,
    ReadOnlyMemory<char> Text,
    IReadOnlyList<ToolCallView> Calls,
    GenerationEnd? End,
    Exception? Fault
)
{
    /// <summary>The answer as it is now.</summary>
    /// <param name="identity">Which answer.</param>
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
        };

    /// <summary>Whether an event can have led a follower to a position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="isHere">Whether the answer is generated here, so that no process can know more of it.</param>
    public bool MayHaveTold(Position position, bool isHere)
    {
        if (position.Run != Run)
            return position.Run < Run && !position.IsEnd;
        var text = Text.Span;
        if (position.Offset > text.Length)
            return !isHere && End is null && !position.IsEnd;
        if (position.IsEnd)
            return End is not null && position.Offset == text.Length;
        return position.Offset == 0
            || position.Offset == text.Length
            || !char.IsSurrogatePair(text[position.Offset - 1], text[position.Offset]);
    }
}

/// <summary>A tool call at one moment.</summary>
/// <param name="Index">Which of the calls, from 0, as the provider counts them.</param>
/// <param name="Identity">Which tool.</param>
/// <param name="Arguments">The arguments.</param>
internal readonly record struct ToolCallView(int Index, ToolCallIdentity Identity, ReadOnlyMemory<char> Arguments);

/// <summary>A part of an answer that the database does not have yet.</summary>
/// <param name="Run">The number of the run.</param>
/// <param name="Start">Where in the run's text it begins.</param>
/// <param name="Text">The text; empty if there is no more.</param>
/// <param name="Provider">Who has begun; null while nobody has.</param>
/// <param name="Model">With which model.</param>
internal readonly record struct UnrecordedContent(int Run, int Start, string Text, string? Provider, string? Model);
