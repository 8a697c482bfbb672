using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.OpenAi;

/// <summary>
/// Writes a completion as OpenAI streams it: https://platform.openai.com/docs/api-reference/chat-streaming. What is wrong
/// after the first token is an error event, and no <c>[DONE]</c> follows.
/// </summary>
internal sealed class ChatCompletionWriter(
    PipeWriter output,
    bool withUsage,
    Func<Exception, ErrorDescription> describe
) : IEventWriter<CompletionPart>
{
    private readonly Utf8JsonWriter _json = new(
        output,
        new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
    );

    private CompletionIdentity? _identity;
    private string _model = "";
    private bool _begun;
    private bool _told;

    public void Write(CompletionPart happened)
    {
        switch (happened)
        {
            case CompletionPart.Started started:
                Begin(started);
                break;
            case CompletionPart.Text text:
                _told = true;
                WriteChoice(text, static (json, part) => json.WriteString("content"u8, part.Value));
                break;
            case CompletionPart.ToolCall call:
                _told = true;
                WriteChoice(call, WriteToolCall);
                break;
            case CompletionPart.Finished finished:
                WriteChoice(finished, static (_, _) => { }, finished.Reason);
                if (withUsage)
                    WriteUsage(finished.Usage);
                output.Write("data: [DONE]\n\n"u8);
                break;
        }
    }

    public bool WriteFailure(Exception exception)
    {
        output.Write("data: "u8);
        _json.Reset();
        OpenAiError.Write(_json, describe(exception));
        _json.Flush();
        output.Write("\n\n"u8);
        return true;
    }

    public void Dispose() => _json.Dispose();

    private void Begin(CompletionPart.Started started)
    {
        // What a client has been given it can not be told to forget.
        if (_told)
            throw new GenerationFailedException(
                AnswerErrorCodes.ProviderFailed,
                "The provider broke off in the middle of the answer."
            );

        _identity = CompletionIdentity.Of(started);
        _model = CompletionIdentity.ModelOf(started);
        if (_begun)
            return;

        _begun = true;
        WriteChoice(
            started,
            static (json, _) =>
            {
                json.WriteString("role"u8, "assistant"u8);
                json.WriteString("content"u8, ""u8);
            }
        );
    }

    private static void WriteToolCall(Utf8JsonWriter json, CompletionPart.ToolCall call)
    {
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, call.Index);
        if (call.Id is { } id)
        {
            json.WriteString("id"u8, id);
            json.WriteString("type"u8, "function"u8);
        }

        json.WriteStartObject("function"u8);
        if (call.Name is { } name)
            json.WriteString("name"u8, name);
        json.WriteString("arguments"u8, call.Arguments);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteChoice<T>(T part, Action<Utf8JsonWriter, T> writeDelta, string? finishReason = null)
    {
        BeginChunk();
        _json.WriteStartArray("choices"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, 0);
        _json.WriteStartObject("delta"u8);
        writeDelta(_json, part);
        _json.WriteEndObject();
        _json.WriteNull("logprobs"u8);
        _json.WriteString("finish_reason"u8, finishReason);
        _json.WriteEndObject();
        _json.WriteEndArray();
        if (withUsage)
            _json.WriteNull("usage"u8);
        EndChunk();
    }

    private void WriteUsage(TokenUsage? usage)
    {
        BeginChunk();
        _json.WriteStartArray("choices"u8);
        _json.WriteEndArray();
        CompletionIdentity.WriteUsage(_json, usage);
        EndChunk();
    }

    private void BeginChunk()
    {
        output.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        _identity!.Write(_json, "chat.completion.chunk"u8, _model);
    }

    private void EndChunk()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }
}
