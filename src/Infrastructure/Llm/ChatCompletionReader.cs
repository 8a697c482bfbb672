using System.Buffers.Text;
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

    private readonly AnswerPieces _pieces = new();

    // Text is collected where it is read, and dropped again where it does not count.
    private TextBuffer Text => _pieces.Text;

    /// <summary>Whether a finish reason has come, so that the answer is whole.</summary>
    public bool IsFinished => _pieces.IsFinished;

    /// <summary>Reads a chunk.</summary>
    /// <param name="data">The data of one event.</param>
    /// <returns>False if it is the protocol's last one. Not every provider sends it, or disconnects after it.</returns>
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
        return true;
    }

    /// <summary>Takes what has been said since the last time; null if it is nothing.</summary>
    public ChatResponseUpdate? Take() => _pieces.Take();

    public void Dispose() => _pieces.Dispose();

    private void ReadChunk(Utf8JsonReader json, ref Chunk chunk)
    {
        json.Read();
        while (ReadName(ref json))
            if (Is(ref json, "choices"u8))
                ReadChoices(ref json, ref chunk);
            else if (Is(ref json, "usage"u8))
                ReadUsage(ref json, ref chunk);
            else if (Is(ref json, "error"u8))
                ReadError(ref json, ref chunk);
            else
                json.Skip();
    }

    private void ReadChoices(ref Utf8JsonReader json, ref Chunk chunk)
    {
        DropDelta(ref chunk);
        chunk.FinishReason = null;
        if (!ReadStart(ref json, JsonTokenType.StartArray))
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
        while (ReadName(ref json))
            if (Is(ref json, "delta"u8))
                ReadDelta(ref json, ref chunk);
            else if (Is(ref json, "finish_reason"u8))
                chunk.FinishReason = ReadFinishReason(ref json);
            else
                json.Skip();
    }

    private void ReadDelta(ref Utf8JsonReader json, ref Chunk chunk)
    {
        DropDelta(ref chunk);
        if (!ReadStart(ref json, JsonTokenType.StartObject))
            return;
        while (ReadName(ref json))
        {
            if (Is(ref json, "content"u8))
            {
                Text.Truncate(chunk.TextStart);
                ReadContent(ref json);
            }
            else if (Is(ref json, "reasoning"u8) || Is(ref json, "reasoning_content"u8))
            {
                json.Read();
                chunk.HasReasoned |= json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty;
                json.Skip();
            }
            else if (Is(ref json, "tool_calls"u8))
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
        chunk.ToolCalls = default;
        chunk.HasReasoned = false;
    }

    /// <summary>Text, or a list of parts with text.</summary>
    private void ReadContent(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            AppendText(ref json);
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            if (json.TokenType == JsonTokenType.StartObject)
                ReadPart(ref json);
            else
                json.Skip();
    }

    private void ReadPart(ref Utf8JsonReader json)
    {
        var (start, isText) = (Text.Length, true);
        while (ReadName(ref json))
            if (Is(ref json, "text"u8))
            {
                Text.Truncate(start);
                json.Read();
                AppendText(ref json);
            }
            else if (Is(ref json, "type"u8))
            {
                json.Read();
                isText = json.TokenType != JsonTokenType.String || json.ValueSpan.SequenceEqual("text"u8);
                json.Skip();
            }
            else
                json.Skip();
        if (!isText)
            Text.Truncate(start);
    }

    private void ReadToolCalls(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return;
        for (var position = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; position++)
            if (json.TokenType == JsonTokenType.StartObject)
                ReadToolCall(ref json, position);
            else
                json.Skip();
    }

    private void ReadToolCall(ref Utf8JsonReader json, int position)
    {
        var start = Text.Length;
        var (index, id, name) = (position, (string?)null, (string?)null);
        while (ReadName(ref json))
            if (Is(ref json, "index"u8))
                index = ReadNumber(ref json) is >= 0 and <= int.MaxValue and var number ? (int)number : position;
            else if (Is(ref json, "id"u8))
                id = ReadText(ref json);
            else if (Is(ref json, "function"u8))
                ReadFunction(ref json, start, ref name);
            else
                json.Skip();

        _pieces.AddCall(start, index, id, name);
    }

    private void ReadFunction(ref Utf8JsonReader json, int argumentsStart, ref string? name)
    {
        if (!ReadStart(ref json, JsonTokenType.StartObject))
            return;
        while (ReadName(ref json))
            if (Is(ref json, "name"u8))
                name = ReadText(ref json);
            else if (Is(ref json, "arguments"u8))
            {
                Text.Truncate(argumentsStart);
                json.Read();
                AppendText(ref json);
            }
            else
                json.Skip();
    }

    private void ReadUsage(ref Utf8JsonReader json, ref Chunk chunk)
    {
        if (!ReadStart(ref json, JsonTokenType.StartObject))
            return;
        var usage = new UsageDetails();
        while (ReadName(ref json))
            if (Is(ref json, "prompt_tokens"u8))
                usage.InputTokenCount = ReadNumber(ref json);
            else if (Is(ref json, "completion_tokens"u8))
                usage.OutputTokenCount = ReadNumber(ref json);
            else if (Is(ref json, "total_tokens"u8))
                usage.TotalTokenCount = ReadNumber(ref json);
            else
                json.Skip();
        if ((usage.InputTokenCount ?? usage.OutputTokenCount ?? usage.TotalTokenCount) is not null)
            chunk.Usage = usage;
    }

    /// <summary>An object with a code, which is an HTTP status or a word; or only a word.</summary>
    private void ReadError(ref Utf8JsonReader json, ref Chunk chunk)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Null or JsonTokenType.False || json.ValueSpan.IsEmpty)
            return; // an object is not empty: its value is its first brace
        long? status = null;
        if (json.TokenType == JsonTokenType.StartObject)
            while (ReadName(ref json))
                if (Is(ref json, "code"u8))
                    status = ReadNumber(ref json);
                else
                    json.Skip();
        else
            json.Skip();
        chunk.Failure = status is >= 0 and <= int.MaxValue
            ? ProviderException.FromStatus((int)status)
            : ProviderException.BrokenOff();
    }

    /// <summary>Some providers send an empty one with every chunk, which is none, and some send numbers.</summary>
    private ChatFinishReason? ReadFinishReason(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number)
            return new ChatFinishReason(Encoding.ASCII.GetString(json.ValueSpan));
        return TakeText(ref json) is { } reason && !string.IsNullOrWhiteSpace(reason)
            ? new ChatFinishReason(reason)
            : null;
    }

    private void Accept(ref Chunk chunk)
    {
        if (chunk.FinishReason?.Value == "error")
            chunk.Failure ??= ProviderException.BrokenOff();
        if (chunk.Failure is not null)
        {
            Text.Truncate(chunk.TextStart);
            throw chunk.Failure;
        }

        _pieces.AddText(chunk.TextStart);
        ReadToolCalls(ref chunk.ToolCalls);
        if (chunk.HasReasoned)
            _pieces.AddReasoning();
        if (chunk.Usage is not null)
            _pieces.AddUsage(chunk.Usage);
        if (chunk.FinishReason is { } reason)
            _pieces.Finish(reason);
    }

    /// <summary>Goes on to the next member of an object; false at its end.</summary>
    private static bool ReadName(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (!json.ValueIsEscaped)
            return json.ValueSpan.SequenceEqual(name);
        var start = Text.Length;
        Text.Append(json.ValueSpan, isEscaped: true);
        return Ascii.Equals(name, Text.Take(start, Text.Length));
    }

    /// <summary>Goes on to a member's value, and past one that is of another kind.</summary>
    private static bool ReadStart(ref Utf8JsonReader json, JsonTokenType kind)
    {
        json.Read();
        if (json.TokenType == kind)
            return true;
        json.Skip();
        return false;
    }

    /// <summary>A whole number as <c>7</c>, <c>7.0</c> or <c>"7"</c>; null if it is none.</summary>
    private static long? ReadNumber(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
        if (json.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            return null;
        var text = json.ValueSpan;
        if (Utf8Parser.TryParse(text, out long whole, out var length) && length == text.Length)
            return whole;
        return
            Utf8Parser.TryParse(text, out double number, out length)
            && length == text.Length
            && Math.Abs(number) <= int.MaxValue
            && number == Math.Truncate(number)
            ? (long)number
            : null;
    }

    /// <summary>A text apart from those that are collected; null if it is none, or empty.</summary>
    private string? ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        return TakeText(ref json);
    }

    private string? TakeText(ref Utf8JsonReader json)
    {
        var start = Text.Length;
        AppendText(ref json);
        return Text.Length > start ? Text.Take(start, Text.Length) : null;
    }

    private void AppendText(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
            Text.Append(json.ValueSpan, json.ValueIsEscaped);
        else
            json.Skip();
    }

    /// <summary>What a chunk says beside its text, until all of it has been read.</summary>
    private ref struct Chunk
    {
        public int TextStart;
        public Utf8JsonReader ToolCalls;
        public bool HasReasoned;
        public UsageDetails? Usage;
        public ChatFinishReason? FinishReason;
        public ProviderException? Failure;
    }
}
