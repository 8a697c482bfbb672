using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// Formats an event as one readable line. The lines of an exception follow, indented and with each message on one line, so that
/// they cannot be mistaken for events.
/// </summary>
internal sealed class ConsoleLineFormatter : ITextFormatter
{
    private const string Indentation = "    ";

    private readonly MessageTemplateTextFormatter _line = new(
        "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:l} {RequestId}",
        CultureInfo.InvariantCulture
    );

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        _line.Format(logEvent, line);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        ControlCharacters.Escape(line.ToString(), text);
        text.Write('\n');
        if (logEvent.Exception is { } exception)
            foreach (var part in Render(exception).AsSpan().EnumerateLines())
            {
                text.Write(Indentation);
                ControlCharacters.Escape(part, text);
                text.Write('\n');
            }

        // A single write, so that other output is not interleaved.
        output.Write(text.ToString());
    }

    private static string Render(Exception exception) =>
        MessagesOf(exception)
            .Where(ControlCharacters.AreIn)
            // A message that contains another one is replaced first.
            .OrderByDescending(message => message.Length)
            .Aggregate(
                exception.ToString(),
                (text, message) => text.Replace(message, ControlCharacters.Escape(message), StringComparison.Ordinal)
            );

    private static IEnumerable<string> MessagesOf(Exception exception) =>
        (exception is AggregateException several ? several.InnerExceptions : [exception.InnerException!])
            .OfType<Exception>()
            .SelectMany(MessagesOf)
            .Prepend(exception.Message);
}
