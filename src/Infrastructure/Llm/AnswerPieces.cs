using System.Collections.ObjectModel;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>Collects what a provider sends until it is taken, in order; consecutive texts or arguments are joined.</summary>
/// <param name="maxBytes">The maximum length of an answer in UTF-8 bytes, at which the answer ends.</param>
internal sealed class AnswerPieces(long maxBytes) : IDisposable
{
    private List<AIContent>? _pieces;
    private long _bytesLeft = maxBytes;

    // The tool call whose arguments the open piece is; without an index the piece is text of the answer.
    private int? _callIndex;
    private string? _callId;
    private string? _callName;
    private IReadOnlyDictionary<string, JsonElement>? _callMembers;
    private bool _hasCalls;
    private bool _hasReasoned;
    private UsageDetails? _usage;
    private string? _finishReason;

    /// <summary>The text of the open piece, followed by the text to add.</summary>
    public TextBuffer Text { get; } = new();

    /// <summary>Whether a finish reason was received, so that the answer is complete.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Whether the answer was ended at its maximum length.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether there is text other than white space, or a tool call.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Adds the text from a position on to the answer's text.</summary>
    public void AddText(int start)
    {
        EnforceLimit(start);
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
    /// <param name="index">The call's number within the answer.</param>
    /// <param name="id">The call's id; null for further arguments of a known call.</param>
    /// <param name="name">The tool's name; null for further arguments of a known call.</param>
    /// <param name="more">Members that only this provider knows; null if there are none.</param>
    public void AddCall(int start, int index, string? id, string? name, IReadOnlyDictionary<string, JsonElement>? more)
    {
        foreach (var (_, value) in more ?? ReadOnlyDictionary<string, JsonElement>.Empty)
            _bytesLeft -= JsonMarshal.GetRawUtf8Value(value).Length;
        EnforceLimit(start);
        HasContent = _hasCalls = true;
        if (index == _callIndex && id is null && name is null && more is null)
            return;
        EndPiece(start);
        (_callIndex, _callId, _callName, _callMembers) = (index, id, name, more);
    }

    /// <summary>Adds reasoning, whose text is not used: it shows only that the provider is active.</summary>
    public void AddReasoning() => _hasReasoned = true;

    /// <summary>Adds the usage of the answer.</summary>
    public void AddUsage(UsageDetails usage) => _usage = usage;

    /// <summary>Adds the provider's finish reason.</summary>
    public void Finish(string reason) => (_finishReason, IsFinished) = (reason, true);

    /// <summary>Takes everything that was collected; null if there is nothing.</summary>
    public ChatResponseUpdate? Take()
    {
        // A high surrogate waits for its low surrogate while more text may follow.
        var end = Text.Length;
        EndPiece(!IsFinished && Text.EndsWithHighSurrogate(end) ? end - 1 : end);
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

    /// <summary>Drops text beyond the maximum length, and ends the answer there.</summary>
    private void EnforceLimit(int start)
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
        if (_callIndex is { } index && (end > 0 || (_callId ?? _callName ?? (object?)_callMembers) is not null))
            Add(new ToolCallPiece(index, _callId, _callName, Text.Take(0, end)) { AdditionalMembers = _callMembers });
        else if (end > 0)
            Add(new TextContent(Text.Take(0, end)));
        (_callId, _callName, _callMembers) = (null, null, null);
    }

    private void Add(AIContent piece) => (_pieces ??= new List<AIContent>(1)).Add(piece);
}
