using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using QrAi.Application.Completions;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.OpenAi;

/// <summary>A whole completion: https://platform.openai.com/docs/api-reference/chat/object.</summary>
internal sealed class ChatCompletion : IResult
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();
    private readonly SortedDictionary<int, ToolCall> _calls = [];
    private CompletionIdentity? _identity;
    private string _model = "";
    private string _reason = "";
    private TokenUsage? _usage;

    private ChatCompletion() { }

    /// <summary>Reads a completion to its end.</summary>
    public static async Task<ChatCompletion> ReadAsync(
        IAsyncEnumerable<CompletionPart> parts,
        CancellationToken cancellationToken
    )
    {
        var completion = new ChatCompletion();
        await foreach (var part in parts.WithCancellation(cancellationToken))
            completion.Add(part);
        return completion;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(response.BodyWriter, Json))
            Write(json);
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    private void Add(CompletionPart part)
    {
        switch (part)
        {
            case CompletionPart.Started started: // what came before is void
                _identity = CompletionIdentity.Of(started);
                _model = CompletionIdentity.ModelOf(started);
                _text.Clear();
                _calls.Clear();
                break;
            case CompletionPart.Text text:
                _text.Append(text.Value);
                break;
            case CompletionPart.ToolCall call:
                if (!_calls.TryGetValue(call.Index, out var known))
                    _calls[call.Index] = known = new ToolCall();
                known.Add(call);
                break;
            case CompletionPart.Finished finished:
                (_reason, _usage) = (finished.Reason, finished.Usage);
                break;
        }
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        _identity!.Write(json, "chat.completion"u8, _model);
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

    private sealed class ToolCall
    {
        private readonly StringBuilder _arguments = new();
        private string _id = "";
        private string _name = "";

        public void Add(CompletionPart.ToolCall piece)
        {
            _id = piece.Id ?? _id;
            _name = piece.Name ?? _name;
            _arguments.Append(piece.Arguments);
        }

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, _id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, _name);
            json.WriteString("arguments"u8, _arguments.ToString());
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
