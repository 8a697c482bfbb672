using System.Buffers;
using System.Collections.ObjectModel;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Writes the request body of a chat completion: https://platform.openai.com/docs/api-reference/chat/create. Options that
/// are not set are omitted, so that the provider's defaults apply.
/// </summary>
internal static class ChatCompletionBody
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    // The body is read as JSON only: neither HTML characters nor non-ASCII characters need escapes.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Writes the body, which always requests a stream with usage.</summary>
    /// <param name="messages">The messages to send.</param>
    /// <param name="options">The options; null for the defaults of the provider.</param>
    /// <param name="defaultModel">The model, unless the options have one.</param>
    /// <param name="asksForCost">Whether to request the cost of the call, as OpenRouter defines it.</param>
    public static HttpContent Write(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        string defaultModel,
        bool asksForCost
    )
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, options?.ModelId ?? defaultModel);
            json.WriteBoolean("stream"u8, true);
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
            if (asksForCost)
            {
                json.WriteStartObject("usage"u8);
                json.WriteBoolean("include"u8, true);
                json.WriteEndObject();
            }

            if (options is not null)
                WriteOptions(json, options);
            json.WriteStartArray("messages"u8);
            foreach (var message in messages)
                WriteMessage(json, message);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new ReadOnlyMemoryContent(buffer.WrittenMemory) { Headers = { ContentType = Json } };
    }

    private static void WriteOptions(Utf8JsonWriter json, ChatOptions options)
    {
        if (options.Temperature is { } temperature)
            json.WriteNumber("temperature"u8, temperature);
        if (options.TopP is { } topP)
            json.WriteNumber("top_p"u8, topP);
        if (options.MaxOutputTokens is { } maxTokens)
            json.WriteNumber("max_tokens"u8, maxTokens);
        if (options.FrequencyPenalty is { } frequency)
            json.WriteNumber("frequency_penalty"u8, frequency);
        if (options.PresencePenalty is { } presence)
            json.WriteNumber("presence_penalty"u8, presence);
        if (options.Seed is { } seed)
            json.WriteNumber("seed"u8, seed);
        if (options.StopSequences is { } stops)
        {
            json.WriteStartArray("stop"u8);
            foreach (var stop in stops)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }

        foreach (var (name, value) in options.AdditionalProperties ?? [])
            if (value is JsonElement element)
                WriteMember(json, name, element);
    }

    private static void WriteMember(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, message.Role.Value);
        if (message.AuthorName is { } name)
            json.WriteString("name"u8, name);
        if (message.Contents is [FunctionResultContent { Result: string result } toolResult])
        {
            json.WriteString("tool_call_id"u8, toolResult.CallId);
            json.WriteString("content"u8, result);
        }
        else
            WriteContents(json, message.Contents);

        json.WriteEndObject();
    }

    private static void WriteContents(Utf8JsonWriter json, IList<AIContent> contents)
    {
        var (texts, calls) = (0, 0);
        TextContent? last = null;
        foreach (var content in contents)
            if (content is TextContent text)
                (texts, last) = (texts + 1, text);
            else if (content is ToolCallPiece)
                calls++;

        if (texts > 1)
            WriteParts(json, contents);
        else
            json.WriteString("content"u8, last?.Text); // null: an assistant message with tool calls only
        if (calls > 0)
            WriteCalls(json, contents);
    }

    private static void WriteParts(Utf8JsonWriter json, IList<AIContent> contents)
    {
        json.WriteStartArray("content"u8);
        foreach (var content in contents)
            if (content is TextContent text)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, text.Text);
                json.WriteEndObject();
            }

        json.WriteEndArray();
    }

    private static void WriteCalls(Utf8JsonWriter json, IList<AIContent> contents)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var content in contents)
            if (content is ToolCallPiece call)
            {
                json.WriteStartObject();
                json.WriteString("id"u8, call.Id);
                json.WriteString("type"u8, "function"u8);
                json.WriteStartObject("function"u8);
                json.WriteString("name"u8, call.Name);
                json.WriteString("arguments"u8, call.Arguments);
                json.WriteEndObject();
                foreach (var (name, value) in call.AdditionalMembers ?? ReadOnlyDictionary<string, JsonElement>.Empty)
                    WriteMember(json, name, value);
                json.WriteEndObject();
            }

        json.WriteEndArray();
    }
}
