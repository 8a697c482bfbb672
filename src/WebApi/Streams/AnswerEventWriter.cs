using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using QrAi.Application.Documents;
using QrAi.Application.Generations;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Streams;

/// <summary>Writes an answer's events in QrAi's own format, directly into the response's buffer.</summary>
/// <param name="identity">The answer.</param>
/// <param name="read">Reads the answer, with the text that has been generated so far.</param>
/// <param name="output">The buffer.</param>
/// <param name="options">The JSON options.</param>
/// <param name="problemOf">Describes an answer that failed.</param>
internal sealed class AnswerEventWriter(
    GenerationIdentity identity,
    Func<MessageDto> read,
    PipeWriter output,
    JsonSerializerOptions options,
    Func<MessageDto, Problem> problemOf
) : IEventWriter
{
    /// <summary>The maximum length of a buffered piece of text, in characters.</summary>
    private const int MaxPiece = 16 * 1024;

    private readonly Utf8JsonWriter _json = new(
        output,
        new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }
    );

    private IEnumerator<bool>? _end;

    public void Started(GenerationStart start)
    {
        Begin(start.Run, "started"u8);
        _json.WriteString("sessionId"u8, identity.SessionId!.Value);
        _json.WriteString("questionId"u8, identity.QuestionId!.Value);
        _json.WriteString("answerId"u8, identity.Id);
        WriteProvider(start);
        End();
    }

    public void Restarted(GenerationStart start, RestartReason reason)
    {
        Begin(start.Run, "restarted"u8);
        WriteProvider(start);
        _json.WriteString("reason"u8, reason.ToWord());
        End();
    }

    public void Sources(IReadOnlyList<SourcePassage> sources, Position position)
    {
        Begin(position, "sources"u8);
        WriteMember("passages", sources.Select(PassageDto.Of));
        End();
    }

    public void Text(ReadOnlySpan<char> text, Position position)
    {
        Begin(position, "delta"u8);
        _json.WriteString("text"u8, text);
        End();
    }

    /// <summary>Not used: answers to questions have no tool calls.</summary>
    public void ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments) { }

    public void Ended(GenerationEnd outcome, Position position)
    {
        _end = WriteEnd(outcome.Status == MessageStatus.Failed, position).GetEnumerator();
        WriteMore();
    }

    public bool WriteMore() => _end?.MoveNext() == true;

    /// <summary>Not used: a failed answer has its own event; after another failure the caller reconnects.</summary>
    public bool WriteFailure(Exception exception) => false;

    public void Dispose()
    {
        _end?.Dispose();
        _json.Dispose();
    }

    /// <summary>Writes the last event, with the complete text, one piece for each iteration.</summary>
    private IEnumerable<bool> WriteEnd(bool hasFailed, Position position)
    {
        var answer = read();
        Begin(position, hasFailed ? "failed"u8 : "completed"u8);
        _json.WriteStartObject("answer"u8);
        foreach (
            var member in JsonSerializer
                .SerializeToElement(answer with { Content = "", Citations = answer.Citations }, options)
                .EnumerateObject()
        )
            if (member.NameEquals("content"u8))
            {
                _json.WritePropertyName("content"u8);
                var start = 0;
                for (; answer.Content.Length - start > MaxPiece; start += MaxPiece)
                {
                    _json.WriteStringValueSegment(answer.Content.AsSpan(start, MaxPiece), isFinalSegment: false);
                    _json.Flush();
                    yield return true;
                }

                _json.WriteStringValueSegment(answer.Content.AsSpan(start), isFinalSegment: true);
            }
            else
                member.WriteTo(_json);

        _json.WriteEndObject();
        if (hasFailed)
            WriteMember("problem", problemOf(answer));
        End();
    }

    private void Begin(int run, ReadOnlySpan<byte> name)
    {
        output.Write("id: "u8);
        WriteNumber(run);
        BeginData(name);
    }

    private void Begin(Position position, ReadOnlySpan<byte> name)
    {
        output.Write("id: "u8);
        WriteNumber(position.Run);
        output.Write("."u8);
        WriteNumber(position.Offset);
        if (position.IsEnd)
            output.Write(".end"u8);
        BeginData(name);
    }

    private void BeginData(ReadOnlySpan<byte> name)
    {
        output.Write("\nevent: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
        _json.Reset();
        _json.WriteStartObject();
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    private void WriteNumber(int number)
    {
        const int MaxDigits = 10;
        Utf8Formatter.TryFormat(number, output.GetSpan(MaxDigits), out var length);
        output.Advance(length);
    }

    private void WriteProvider(GenerationStart start)
    {
        _json.WriteString("provider"u8, start.Provider);
        _json.WriteString("model"u8, start.Model);
    }

    private void WriteMember<T>(string name, T value)
    {
        _json.WritePropertyName(name);
        JsonSerializer.Serialize(_json, value, options);
    }
}
