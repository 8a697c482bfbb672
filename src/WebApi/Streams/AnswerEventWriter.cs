using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using QrAi.Application.Answers;
using QrAi.Application.Sessions;

namespace QrAi.WebApi.Streams;

/// <summary>Writes an answer's events as QrAi's own clients read them, straight into the response's buffer.</summary>
internal sealed class AnswerEventWriter(
    PipeWriter output,
    JsonSerializerOptions options,
    Func<MessageDto, ProblemDetails> problemOf
) : IEventWriter<NumberedAnswerEvent>
{
    private readonly Utf8JsonWriter _json = new(
        output,
        new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
    );

    /// <summary>Buffers an event.</summary>
    public void Write(NumberedAnswerEvent numbered)
    {
        Span<byte> id = stackalloc byte[20];
        Utf8Formatter.TryFormat(numbered.Id, id, out var length);
        output.Write("id: "u8);
        output.Write(id[..length]);
        output.Write("\nevent: "u8);
        output.Write(NameOf(numbered.Event));
        output.Write("\ndata: "u8);
        _json.Reset();
        _json.WriteStartObject();
        WriteData(numbered.Event);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    /// <summary>Nothing: an answer that fails has an event of its own, and after a fault the caller comes back.</summary>
    public bool WriteFailure(Exception exception) => false;

    public void Dispose() => _json.Dispose();

    private static ReadOnlySpan<byte> NameOf(AnswerEvent happened) =>
        happened switch
        {
            AnswerEvent.Delta => "delta"u8,
            AnswerEvent.Started => "started"u8,
            AnswerEvent.Restarted => "restarted"u8,
            AnswerEvent.Completed => "completed"u8,
            AnswerEvent.Failed => "failed"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(happened)),
        };

    private void WriteData(AnswerEvent happened)
    {
        switch (happened)
        {
            case AnswerEvent.Delta delta:
                _json.WriteString("text"u8, delta.Text);
                break;
            case AnswerEvent.Started started:
                _json.WriteString("sessionId"u8, started.SessionId);
                _json.WriteString("questionId"u8, started.QuestionId);
                _json.WriteString("answerId"u8, started.AnswerId);
                WriteWho(started.Provider, started.Model);
                break;
            case AnswerEvent.Restarted restarted:
                WriteWho(restarted.Provider, restarted.Model);
                break;
            case AnswerEvent.Completed completed:
                WriteMember("answer", completed.Answer);
                break;
            case AnswerEvent.Failed failed:
                WriteMember("answer", failed.Answer);
                WriteMember("problem", problemOf(failed.Answer));
                break;
        }
    }

    private void WriteWho(string provider, string model)
    {
        _json.WriteString("provider"u8, provider);
        _json.WriteString("model"u8, model);
    }

    private void WriteMember<T>(string name, T value)
    {
        _json.WritePropertyName(name);
        JsonSerializer.Serialize(_json, value, options);
    }
}
