using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.OpenAi;

/// <summary>
/// Writes a completion as OpenAI streams it: https://platform.openai.com/docs/api-reference/chat-streaming. A failure
/// after the first token is an error event, and no <c>[DONE]</c> follows.
/// </summary>
/// <param name="generation">The completion.</param>
/// <param name="output">The buffer.</param>
/// <param name="model">The model that was requested.</param>
/// <param name="withUsage">Whether the client requested the token usage.</param>
/// <param name="documents">The address of the documents, which citations link to.</param>
/// <param name="describe">Describes a failure.</param>
internal sealed class ChatCompletionWriter(
    Generation generation,
    PipeWriter output,
    string model,
    bool withUsage,
    string documents,
    Func<Exception, ErrorDescription> describe
) : IEventWriter
{
    /// <summary>The finish reason if the provider reports none.</summary>
    public const string DefaultReason = "stop";

    private readonly Utf8JsonWriter _json = new(
        output,
        new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
    );

    private readonly CompletionIdentity _identity = CompletionIdentity.Of(generation.Identity);
    private string _model = model;
    private bool _hasBegun;
    private bool _hasContent;
    private IReadOnlyList<SourcePassage> _sources = [];

    /// <summary>The text with markers; null without passages.</summary>
    private StringBuilder? _text;

    public void Started(GenerationStart start)
    {
        _model = CompletionIdentity.ModelOf(start);
        WriteRole();
    }

    public void Restarted(GenerationStart start, RestartReason reason)
    {
        // The protocol cannot revoke content that was sent.
        if (_hasContent)
            throw new GenerationFailedException(
                AnswerErrorCodes.ProviderFailed,
                "The provider broke off in the middle of the answer."
            );
        _model = CompletionIdentity.ModelOf(start);
    }

    /// <summary>Not written: the protocol has annotations of the text instead, which follow it.</summary>
    public void Sources(IReadOnlyList<SourcePassage> sources, Position position) =>
        (_sources, _text) = (sources, new StringBuilder());

    public void Text(ReadOnlySpan<char> text, Position position)
    {
        _hasContent = true;
        _text?.Append(text);
        BeginChoice();
        _json.WriteString("content"u8, text);
        EndChoice();
    }

    public void ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments)
    {
        _hasContent = true;
        BeginChoice();
        _json.WriteStartArray("tool_calls"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, index);
        if (begun?.Id is { } id)
        {
            _json.WriteString("id"u8, id);
            _json.WriteString("type"u8, "function"u8);
        }

        _json.WriteStartObject("function"u8);
        if (begun?.Name is { } name)
            _json.WriteString("name"u8, name);
        _json.WriteString("arguments"u8, arguments);
        _json.WriteEndObject();
        _json.WriteMembers(begun?.AdditionalMembers);
        _json.WriteEndObject();
        _json.WriteEndArray();
        EndChoice();
    }

    public void Ended(GenerationEnd outcome, Position position)
    {
        if (outcome.Error is { } error)
            throw ChatCompletion.FailureOf(error);

        WriteRole(); // if it was cancelled before it started
        WriteAnnotations();
        BeginChoice();
        EndChoice(outcome.FinishReason ?? DefaultReason);
        if (withUsage)
            WriteUsage(outcome.Usage);
        output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>Not used: followers write bounded chunks.</summary>
    public bool WriteMore() => false;

    public bool WriteFailure(Exception exception)
    {
        output.Write("data: "u8);
        _json.Reset();
        JsonSerializer.Serialize(_json, OpenAiError.Of(describe(exception)), OpenAiJson.Options);
        _json.Flush();
        output.Write("\n\n"u8);
        return true;
    }

    public void Dispose() => _json.Dispose();

    private void WriteRole()
    {
        if (_hasBegun)
            return;
        _hasBegun = true;
        BeginChoice();
        _json.WriteString("role"u8, "assistant"u8);
        _json.WriteString("content"u8, ""u8);
        EndChoice();
    }

    private void BeginChoice()
    {
        BeginChunk();
        _json.WriteStartArray("choices"u8);
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, 0);
        _json.WriteStartObject("delta"u8);
    }

    private void EndChoice(string? finishReason = null)
    {
        _json.WriteEndObject();
        _json.WriteNull("logprobs"u8);
        _json.WriteString("finish_reason"u8, finishReason);
        _json.WriteEndObject();
        _json.WriteEndArray();
        if (withUsage)
            _json.WriteNull("usage"u8);
        EndChunk();
    }

    private void WriteAnnotations()
    {
        if (_text is null || UrlCitation.AnnotationsOf(_text.ToString(), _sources, documents) is not { } annotations)
            return;
        BeginChoice();
        _json.WritePropertyName("annotations"u8);
        JsonSerializer.Serialize(_json, annotations, OpenAiJson.Options);
        EndChoice();
    }

    private void WriteUsage(TokenUsage? usage)
    {
        BeginChunk();
        _json.WriteStartArray("choices"u8);
        _json.WriteEndArray();
        _json.WritePropertyName("usage"u8);
        JsonSerializer.Serialize(_json, ChatCompletionUsage.Of(usage), OpenAiJson.Options);
        EndChunk();
    }

    private void BeginChunk()
    {
        output.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        _identity.Write(_json, "chat.completion.chunk"u8, _model);
    }

    private void EndChunk()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }
}
