using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>What a provider has said since it was last asked for, in its order: text and arguments are joined.</summary>
internal sealed class AnswerPieces : IDisposable
{
    private List<AIContent>? _pieces;

    // The tool call whose arguments the open piece is; without an index it is the answer's own text.
    private int? _callIndex;
    private string? _callId;
    private string? _callName;
    private bool _hasReasoned;
    private UsageDetails? _usage;
    private ChatFinishReason? _finishReason;

    /// <summary>The text of the piece that is open, and after it what is to be added.</summary>
    public TextBuffer Text { get; } = new();

    /// <summary>Whether a finish reason has come, so that the answer is whole.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Adds the text from a position on to the answer's own.</summary>
    public void AddText(int start)
    {
        if (_callIndex is null || Text.Length == start)
            return;
        EndPiece(start);
        _callIndex = null;
    }

    /// <summary>Adds the text from a position on to the arguments of a tool call.</summary>
    /// <param name="start">The position.</param>
    /// <param name="index">Which of the answer's calls it is.</param>
    /// <param name="id">Its id; null for more of the arguments of one that is known.</param>
    /// <param name="name">The tool's name; null likewise.</param>
    public void AddCall(int start, int index, string? id, string? name)
    {
        if (index == _callIndex && id is null && name is null)
            return;
        EndPiece(start);
        (_callIndex, _callId, _callName) = (index, id, name);
    }

    /// <summary>Adds a sign of life: reasoning is not shown, but a model that thinks is not a provider that hangs.</summary>
    public void AddReasoning() => _hasReasoned = true;

    /// <summary>Adds what the answer has cost.</summary>
    public void AddUsage(UsageDetails usage) => _usage = usage;

    /// <summary>Adds why the answer ends.</summary>
    public void Finish(ChatFinishReason reason) => (_finishReason, IsFinished) = (reason, true);

    /// <summary>Takes everything; null if it is nothing.</summary>
    public ChatResponseUpdate? Take()
    {
        // The first half of a character waits for the other one, while there may be more.
        var end = Text.Length;
        EndPiece(!IsFinished && Text.EndsInHalf(end) ? end - 1 : end);
        if (_hasReasoned && _pieces is null)
            Add(new TextReasoningContent(null));
        if (_usage is not null)
            Add(new UsageContent(_usage));
        if (_pieces is null && _finishReason is null)
            return null;

        var update = new ChatResponseUpdate(ChatRole.Assistant, _pieces) { FinishReason = _finishReason };
        (_pieces, _hasReasoned, _usage, _finishReason) = (null, false, null, null);
        return update;
    }

    public void Dispose() => Text.Dispose();

    private void EndPiece(int end)
    {
        if (_callIndex is { } index && (end > 0 || _callId is not null || _callName is not null))
            Add(new ToolCallPiece(index, _callId, _callName, Text.Take(0, end)));
        else if (end > 0)
            Add(new TextContent(Text.Take(0, end)));
        (_callId, _callName) = (null, null);
    }

    private void Add(AIContent piece) => (_pieces ??= new List<AIContent>(1)).Add(piece);
}
