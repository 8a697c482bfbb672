using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Reads the chunks of a streamed completion (https://platform.openai.com/docs/api-reference/chat-streaming, and OpenRouter's
/// <c>error</c> and <c>reasoning</c>), and joins what they say until it is taken. What it cannot understand it leaves out. Of
/// a member that comes twice in a chunk, the last one counts.
/// </summary>
internal sealed class ChatCompletionReader : IDisposable
{
    // However deep a member is nested that nobody reads, it is no reason to void an answer.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue, AllowTrailingCommas = true };

    private readonly AnswerPieces _pieces;
    private readonly ToolCallReader _calls;
    private readonly LenientJson _lenient;
    private readonly ContentReader _content;

    /// <summary>Begins an answer.</summary>
    /// <param name="maxAnswerBytes">The longest that it may be, as UTF-8; then it ends.</param>
    public ChatCompletionReader(long maxAnswerBytes)
    {
        _pieces = new AnswerPieces(maxAnswerBytes);
        _calls = new ToolCallReader(_pieces);
        _lenient = new LenientJson(_pieces.Text);
        _content = new ContentReader(_pieces.Text, _lenient);
    }

    // Text is collected where it is read, and dropped again where it does not count.
    private TextBuffer Text => _pieces.Text;

    /// <summary>Whether a finish reason has come, so that the answer is whole.</summary>
    public bool IsFinished => _pieces.IsFinished;

    /// <summary>Whether the answer has any text but white space, or a tool call.</summary>
    public bool HasContent => _pieces.HasContent;

    /// <summary>Whether nothing more is expected: what the answer has cost came with its finish reason, or after it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads a chunk.</summary>
    /// <param name="data">The data of one event.</param>
    /// <returns>
    /// False if it is the protocol's last one, which not every provider sends, or if the answer is as long as it may be.
    /// </returns>
    /// <exception cref="JsonException">The chunk is cut off, or is no JSON.</exception>
    /// <exception cref="ProviderException">The provider tells of its failure.</exception>
    public bool Read(ReadOnlySpan<byte> data)
    {
        data = data.Trim(" \t"u8);
        if (data.SequenceEqual("[DONE]"u8))
            return false;
        // Some send a word now and then to keep the connection.
        if (data.IsEmpty || data[0] != '{')
            return true;

        var chunk = new Chunk { TextStart = Text.Length };
        try
        {
            ReadChunk(new Utf8JsonReader(data, Options), ref chunk);
        }
        catch (JsonException)
        {
            Text.Truncate(chunk.TextStart);
            throw;
        }

        Accept(ref chunk);
        return !_pieces.IsFull;
    }

    /// <summary>Takes what has been said since the last time; null if it is nothing.</summary>
    public ChatResponseUpdate? Take() => _pieces.Take();

    public void Dispose() => _pieces.Dispose();

    private void ReadChunk(Utf8JsonReader json, ref Chunk chunk)
    {
        json.Read();
        while (LenientJson.ReadName(ref json))
            if (_lenient.Is(ref json, "choices"u8))
                ReadChoices(ref json, ref chunk);
            else if (_lenient.Is(ref json, "usage"u8))
                chunk.Usage = UsageReader.Read(ref json, _lenient) ?? chunk.Usage;
            else if (_lenient.Is(ref json, "error"u8))
                ReadError(ref json, ref chunk);
            else
                json.Skip();
    }

    private void ReadChoices(ref Utf8JsonReader json, ref Chunk chunk)
    {
        DropDelta(ref chunk);
        chunk.FinishReason = null;
        if (!LenientJson.ReadStart(ref json, JsonTokenType.StartArray))
            return;
        // One choice is asked for.
        for (var isFirst = true; json.Read() && json.TokenType != JsonTokenType.EndArray; isFirst = false)
            if (isFirst && json.TokenType == JsonTokenType.StartObject)
                ReadChoice(ref json, ref chunk);
            else
                json.Skip();
    }

    private void ReadChoice(ref Utf8JsonReader json, ref Chunk chunk)
    {
        while (LenientJson.ReadName(ref json))
            if (_lenient.Is(ref json, "delta"u8) || _lenient.Is(ref json, "message"u8))
                ReadDelta(ref json, ref chunk);
            else if (_lenient.Is(ref json, "finish_reason"u8))
                chunk.FinishReason = ReadFinishReason(ref json);
            else
                json.Skip();
    }

    private void ReadDelta(ref Utf8JsonReader json, ref Chunk chunk)
    {
        DropDelta(ref chunk);
        if (!LenientJson.ReadStart(ref json, JsonTokenType.StartObject))
            return;
        while (LenientJson.ReadName(ref json))
        {
            if (_lenient.Is(ref json, "content"u8))
            {
                Text.Truncate(chunk.TextStart);
                _content.Read(ref json);
            }
            else if (_lenient.Is(ref json, "refusal"u8))
            {
                json.Read();
                chunk.Refusal = json;
                json.Skip();
            }
            else if (_lenient.Is(ref json, "reasoning"u8) || _lenient.Is(ref json, "reasoning_content"u8))
            {
                json.Read();
                chunk.HasReasoned |= json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty;
                json.Skip();
            }
            else if (_lenient.Is(ref json, "tool_calls"u8))
            {
                // Their arguments are collected after the text, wherever they stand.
                json.Read();
                chunk.ToolCalls = json;
                json.Skip();
            }
            else
                json.Skip();
        }
    }

    private void DropDelta(ref Chunk chunk)
    {
        Text.Truncate(chunk.TextStart);
        chunk.Refusal = default;
        chunk.ToolCalls = default;
        chunk.HasReasoned = false;
    }

    /// <summary>An object with a code, which is an HTTP status or a word; or only a word.</summary>
    private static void ReadError(ref Utf8JsonReader json, ref Chunk chunk)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Null or JsonTokenType.False || json.ValueSpan.IsEmpty)
            return; // an object is not empty: its value is its first brace
        var error = ProviderError.Of(JsonElement.ParseValue(ref json));
        chunk.Failure = error.Code is { } status
            ? ProviderException.FromStatus(status, error: error)
            : ProviderException.BrokenOff(error: error);
    }

    /// <summary>Some providers send an empty one with every chunk, which is none, and some send numbers.</summary>
    private string? ReadFinishReason(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number)
            return Encoding.ASCII.GetString(json.ValueSpan);
        return _lenient.TakeText(ref json) is { } reason && !string.IsNullOrWhiteSpace(reason) ? reason : null;
    }

    private void Accept(ref Chunk chunk)
    {
        if (chunk.FinishReason == FinishReasons.Error)
            chunk.Failure ??= ProviderException.BrokenOff();
        if (chunk.Failure is not null)
        {
            Text.Truncate(chunk.TextStart);
            throw chunk.Failure;
        }

        // A refusal is what the model answers.
        if (chunk.Refusal.TokenType == JsonTokenType.String)
            _lenient.AppendText(ref chunk.Refusal);
        _pieces.AddText(chunk.TextStart);
        _calls.Read(ref chunk.ToolCalls);
        if (chunk.HasReasoned)
            _pieces.AddReasoning();
        if (chunk.Usage is not null)
            _pieces.AddUsage(chunk.Usage);
        if (chunk.FinishReason is { } reason && !_pieces.IsFull)
            _pieces.Finish(reason);
        IsComplete |= IsFinished && chunk.Usage is not null;
    }

    /// <summary>What a chunk says beside its text, until all of it has been read.</summary>
    private ref struct Chunk
    {
        public int TextStart;
        public Utf8JsonReader Refusal;
        public Utf8JsonReader ToolCalls;
        public bool HasReasoned;
        public UsageDetails? Usage;
        public string? FinishReason;
        public ProviderException? Failure;
    }
}
