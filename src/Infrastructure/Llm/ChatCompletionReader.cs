using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Reads the chunks of a streamed completion (https://platform.openai.com/docs/api-reference/chat-streaming, and OpenRouter's
/// <c>error</c> and <c>reasoning</c>), and joins their content until it is taken. It ignores what it does not understand. Of
/// a member that occurs twice in a chunk, the last one counts.
/// </summary>
internal sealed class ChatCompletionReader : IDisposable
{
    // A deeply nested member that is not read must not void an answer.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue, AllowTrailingCommas = true };

    private readonly AnswerPieces _pieces;
    private readonly ToolCallReader _calls;
    private readonly LenientJson _lenient;
    private readonly ContentReader _content;

    /// <summary>Begins an answer.</summary>
    /// <param name="maxAnswerBytes">The maximum length of the answer in UTF-8 bytes, at which the answer ends.</param>
    public ChatCompletionReader(long maxAnswerBytes)
    {
        _pieces = new AnswerPieces(maxAnswerBytes);
        _calls = new ToolCallReader(_pieces);
        _lenient = new LenientJson(_pieces.Text);
        _content = new ContentReader(_pieces.Text, _lenient);
    }

    // Text is collected while it is read, and dropped if it turns out to be void.
    private TextBuffer Text => _pieces.Text;

    /// <summary>Whether a finish reason was received, so that the answer is complete.</summary>
    public bool IsFinished => _pieces.IsFinished;

    /// <summary>Whether the answer has text other than white space, or a tool call.</summary>
    public bool HasContent => _pieces.HasContent;

    /// <summary>Whether nothing more is expected: both the finish reason and the usage were received.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads a chunk.</summary>
    /// <param name="data">The data of one event.</param>
    /// <returns>
    /// False if it is the protocol's terminator, which not every provider sends, or if the answer has its maximum length.
    /// </returns>
    /// <exception cref="JsonException">If the chunk is truncated, or is not JSON.</exception>
    /// <exception cref="ProviderException">If the provider reports its failure.</exception>
    public bool Read(ReadOnlySpan<byte> data)
    {
        data = data.Trim(" \t"u8);
        if (data.SequenceEqual("[DONE]"u8))
            return false;
        // Some providers send other data to keep the connection open.
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

    /// <summary>Takes the content since the previous call; null if there is none.</summary>
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
        // The request is for one choice.
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
                // Their arguments are collected after the text, whatever the order of the members.
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

    /// <summary>Reads an error: an object with a code, which is an HTTP status or a text; or a text alone.</summary>
    private static void ReadError(ref Utf8JsonReader json, ref Chunk chunk)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Null or JsonTokenType.False || json.ValueSpan.IsEmpty)
            return; // the value span of an object is its opening brace, so never empty
        var error = ProviderError.Of(JsonElement.ParseValue(ref json));
        chunk.Failure = error.Code is { } status
            ? ProviderException.FromStatus(status, error: error)
            : ProviderException.BrokenOff(error: error);
    }

    /// <summary>Reads a finish reason. Some providers send an empty one with every chunk, and some send numbers.</summary>
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

        // A refusal is the model's answer.
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

    /// <summary>The content of a chunk besides its text, until the whole chunk has been read.</summary>
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
