using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.OpenAi;

/// <summary>A whole completion: https://platform.openai.com/docs/api-reference/chat/object.</summary>
internal sealed class ChatCompletion : IResult, IGenerationWriter
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();
    private readonly SortedDictionary<int, ToolCallText> _calls = [];
    private readonly CompletionIdentity _identity;
    private string _model;
    private string _reason = "";
    private TokenUsage? _usage;

    private ChatCompletion(Generation generation, string model) =>
        (_identity, _model) = (CompletionIdentity.Of(generation.Identity), model);

    /// <summary>Waits for a completion, and reads it.</summary>
    /// <param name="following">Finds the completion, and follows it.</param>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="GenerationFailedException">No provider gave a complete answer.</exception>
    public static async Task<ChatCompletion> ReadAsync(
        Task<Follower> following,
        string model,
        CancellationToken cancellationToken
    )
    {
        using var follower = await following;
        await follower.WaitForEndAsync(cancellationToken);
        var completion = new ChatCompletion(follower.Generation, model);
        while (!follower.IsOver)
            follower.Write(completion);
        return completion;
    }

    /// <summary>Why a completion has failed.</summary>
    public static GenerationFailedException FailureOf(Generation generation) => FailureOf(generation.Error!);

    /// <summary>A failure that has this error.</summary>
    public static GenerationFailedException FailureOf(AnswerError error) => new(error.Code, error.Message);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(response.BodyWriter, Json))
            Write(json);
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    void IGenerationWriter.Started(GenerationStart start) => _model = CompletionIdentity.ModelOf(start);

    void IGenerationWriter.Restarted(GenerationStart start, RestartReason reason)
    {
        // What came before is void.
        _model = CompletionIdentity.ModelOf(start);
        _text.Clear();
        _calls.Clear();
    }

    void IGenerationWriter.Text(ReadOnlySpan<char> text, Position position) => _text.Append(text);

    void IGenerationWriter.ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments)
    {
        if (!_calls.TryGetValue(index, out var call))
            _calls.Add(index, call = new ToolCallText());
        call.Add(begun, arguments);
    }

    void IGenerationWriter.Ended(GenerationEnd outcome, Position position)
    {
        if (outcome.Error is { } error)
            throw FailureOf(error);
        (_reason, _usage) = (outcome.FinishReason ?? ChatCompletionWriter.DefaultReason, outcome.Usage);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        _identity.Write(json, "chat.completion"u8, _model);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, _text.Length == 0 && _calls.Count > 0 ? null : _text.ToString());
        json.WriteNull("refusal"u8);
        if (_calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in _calls.Values)
                call.Write(json);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, _reason);
        json.WriteEndObject();
        json.WriteEndArray();
        CompletionIdentity.WriteUsage(json, _usage);
        json.WriteEndObject();
    }

    private sealed class ToolCallText
    {
        private readonly StringBuilder _arguments = new();
        private ToolCallIdentity _identity = ToolCallIdentity.None;

        public void Add(ToolCallIdentity? begun, ReadOnlySpan<char> arguments)
        {
            if (begun is not null)
                _identity = _identity.With(begun.Id, begun.Name, begun.More);
            _arguments.Append(arguments);
        }

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, _identity.Id ?? "");
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, _identity.Name ?? "");
            json.WriteString("arguments"u8, _arguments.ToString());
            json.WriteEndObject();
            json.WriteMembers(_identity.More);
            json.WriteEndObject();
        }
    }
}
