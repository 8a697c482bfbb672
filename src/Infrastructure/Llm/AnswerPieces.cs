using System.Collections.ObjectModel;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>What a provider has said since it was last asked for, in its order: text and arguments are joined.</summary>
/// <param name="maxBytes">The longest that an answer may be, as UTF-8; then it ends.</param>
internal sealed class AnswerPieces(long maxBytes) : IDisposable
{
    private List<AIContent>? _pieces;
    private long _bytesLeft = maxBytes;

    // The tool call whose arguments the open piece is; without an index it is the answer's own text.
    private int? _callIndex;
    private string? _callId;
    private string? _callName;
    private IReadOnlyDictionary<string, JsonElement>? _callMore;
    private bool _hasCalls;
    private bool _hasReasoned;
    private UsageDetails? _usage;
    private string? _finishReason;

    /// <summary>The text of the piece that is open, and after it what is to be added.</summary>
    public TextBuffer Text { get; } = new();

    /// <summary>Whether a finish reason has come, so that the answer is whole.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether the answer was ended because it is as long as it may be.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether there is any text but white space, or a tool call.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Adds the text from a position on to the answer's own.</summary>
    public void AddText(int start)
    {
        Fit(start);
        if (Text.Length == start)
            return;
        HasContent = HasContent || !Text.From(start).IsWhiteSpace();
        if (_callIndex is null)
            return;
        EndPiece(start);
        _callIndex = null;
    }

    /// <summary>Adds the text from a position on to the arguments of a tool call.</summary>
    /// <param name="start">The position.</param>
    /// <param name="index">Which of the answer's calls it is.</param>
    /// <param name="id">Its id; null for more of the arguments of one that is known.</param>
    /// <param name="name">The tool's name; null likewise.</param>
    /// <param name="more">What only the provider knows of it; null for nothing.</param>
    public void AddCall(int start, int index, string? id, string? name, IReadOnlyDictionary<string, JsonElement>? more)
    {
        foreach (var (_, value) in more ?? ReadOnlyDictionary<string, JsonElement>.Empty)
            _bytesLeft -= JsonMarshal.GetRawUtf8Value(value).Length;
        Fit(start);
        HasContent = _hasCalls = true;
        if (index == _callIndex && id is null && name is null && more is null)
            return;
        EndPiece(start);
        (_callIndex, _callId, _callName, _callMore) = (index, id, name, more);
    }

    /// <summary>Adds a sign of life: reasoning is not shown, but a model that thinks is not a provider that hangs.</summary>
    public void AddReasoning() => _hasReasoned = true;

    /// <summary>Adds what the answer has cost.</summary>
    public void AddUsage(UsageDetails usage) => _usage = usage;

    /// <summary>Adds why the answer ends, in the provider's words.</summary>
    public void Finish(string reason) => (_finishReason, IsFinished) = (reason, true);

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
        var finished = HasContent && _finishReason is not null;
        if (_pieces is null && !finished)
            return null;

        var update = new ChatResponseUpdate(ChatRole.Assistant, _pieces);
        if (finished)
        {
            update.FinishReason = FinishReasons.Of(_finishReason!, _hasCalls);
            _finishReason = null;
        }

        (_pieces, _hasReasoned, _usage) = (null, false, null);
        return update;
    }

    public void Dispose() => Text.Dispose();

    /// <summary>Drops what is more than an answer may have, and ends it there.</summary>
    private void Fit(int start)
    {
        if (IsFull)
        {
            Text.Truncate(start);
            return;
        }

        var added = Text.From(start);
        _bytesLeft -= Encoding.UTF8.GetByteCount(added);
        if (_bytesLeft >= 0)
            return;

        var (length, bytes) = (added.Length, _bytesLeft);
        while (bytes < 0 && length > 0)
        {
            Rune.DecodeLastFromUtf16(added[..length], out var last, out var units);
            bytes += last.Utf8SequenceLength;
            length -= units;
        }

        Text.Truncate(start + length);
        Finish(ChatFinishReason.Length.Value);
        IsFull = true;
    }

    private void EndPiece(int end)
    {
        if (_callIndex is { } index && (end > 0 || (_callId ?? _callName ?? (object?)_callMore) is not null))
            Add(new ToolCallPiece(index, _callId, _callName, Text.Take(0, end)) { More = _callMore });
        else if (end > 0)
            Add(new TextContent(Text.Take(0, end)));
        (_callId, _callName, _callMore) = (null, null, null);
    }

    private void Add(AIContent piece) => (_pieces ??= new List<AIContent>(1)).Add(piece);
}
