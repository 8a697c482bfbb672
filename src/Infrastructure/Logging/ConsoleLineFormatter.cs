using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// One line an event, for people. The lines of an exception follow, a message on one line and white space before each, so
/// that none of them can be taken for an event.
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

        // At once, so that what others write does not come between.
        output.Write(text.ToString());
    }

    private static string Render(Exception exception) =>
        MessagesOf(exception)
            .Where(ControlCharacters.AreIn)
            // One that has another one within it goes first.
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
