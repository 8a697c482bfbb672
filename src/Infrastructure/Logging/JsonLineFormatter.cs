using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// One JSON object a line, whose names are stable (docs/logs.md): first those of every event, then its properties in
/// camelCase.
/// </summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private const string SourceProperty = "SourceContext";
    private const string EventIdProperty = "EventId"; // numbers that compilers give

    private static readonly HashSet<string> Reserved =
    [
        "time",
        "level",
        "message",
        "template",
        "source",
        "traceId",
        "spanId",
        "exception",
    ];

    private readonly JsonValueFormatter _values = new(typeTagName: null);
    private readonly MessageTemplateTextFormatter _message = new("{Message:l}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        Write(logEvent, line);
        // Characters that JSON lets stand for themselves, terminals do not. Written at once, so that what others write does
        // not come between.
        output.Write(ControlCharacters.Escape(line.ToString()) + '\n');
    }

    private void Write(LogEvent logEvent, StringWriter output)
    {
        output.Write("{\"time\":\"");
        output.Write(
            logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
        );
        output.Write("\",\"level\":\"");
        output.Write(NameOf(logEvent.Level));
        output.Write('"');
        Write(output, "message", Render(logEvent));
        Write(output, "template", logEvent.MessageTemplate.Text);
        if (logEvent.Properties.GetValueOrDefault(SourceProperty) is ScalarValue { Value: string source })
            Write(output, "source", source);
        if (logEvent.TraceId is { } trace)
            Write(output, "traceId", trace.ToHexString());
        if (logEvent.SpanId is { } span)
            Write(output, "spanId", span.ToHexString());
        if (logEvent.Exception is { } exception)
            Write(output, "exception", exception.ToString());
        foreach (var (name, value) in logEvent.Properties)
        {
            if (name is SourceProperty or EventIdProperty || value is ScalarValue { Value: null })
                continue;
            WriteName(output, NameOf(name));
            _values.Format(value, output);
        }

        output.Write('}');
    }

    private string Render(LogEvent logEvent)
    {
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        _message.Format(logEvent, message);
        return message.ToString();
    }

    private static void Write(TextWriter output, string name, string value)
    {
        WriteName(output, name);
        JsonValueFormatter.WriteQuotedJsonString(value, output);
    }

    private static void WriteName(TextWriter output, string name)
    {
        output.Write(',');
        JsonValueFormatter.WriteQuotedJsonString(name, output);
        output.Write(':');
    }

    /// <summary>What a library calls like a name of every event must not be taken for it.</summary>
    private static string NameOf(string property)
    {
        var name = char.ToLowerInvariant(property[0]) + property[1..];
        return Reserved.Contains(name) ? $"{name}_" : name;
    }

    private static string NameOf(LogEventLevel level) =>
        level switch
        {
            LogEventLevel.Verbose => "TRACE",
            LogEventLevel.Debug => "DEBUG",
            LogEventLevel.Information => "INFO",
            LogEventLevel.Warning => "WARNING",
            LogEventLevel.Error => "ERROR",
            _ => "CRITICAL",
        };
}
