using QrAi.Infrastructure.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace QrAi.Tests.Unit.Infrastructure.Logging;

public sealed class ConsoleLineFormatterTests
{
    private const string Forged = "12:00:00.000 ERR Forged";

    [Test]
    public void An_event_is_a_line_with_time_level_message_and_request() =>
        Format(
                "Answer {AnswerId} by {Model} in {DurationMs:0.0} ms",
                null,
                ("AnswerId", Guid.Empty),
                ("Model", "a model"),
                ("DurationMs", 1.25),
                ("RequestId", "my-id")
            )
            .ShouldBe("03:00:00.123 WRN Answer 00000000-0000-0000-0000-000000000000 by a model in 1.3 ms my-id\n");

    [TestCase("\n", "\\u000a")]
    [TestCase("\r\n", "\\u000d\\u000a")]
    [TestCase("\u001b[2K", "\\u001b[2K")]
    [TestCase("\0", "\\u0000")]
    [TestCase("\t", "\\u0009")]
    [TestCase("\u007f", "\\u007f")]
    [TestCase("\u0085", "\\u0085")]
    [TestCase("\u009b2J", "\\u009b2J")]
    [TestCase("\u2028", "\\u2028")]
    [TestCase("\u2029", "\\u2029")]
    [TestCase("\u202e", "\\u202e")]
    [TestCase("\u2066", "\\u2066")]
    [TestCase("\u200f", "\\u200f")]
    public void Control_characters_are_escaped_in_every_property_and_in_the_message(string character, string escaped) =>
        Format($"A{character}B {{Model}}", null, ("Model", $"x{character}{Forged}"), ("RequestId", $"y{character}"))
            .ShouldBe($"03:00:00.123 WRN A{escaped}B x{escaped}{Forged} y{escaped}\n");

    [Test]
    public void Other_characters_are_unchanged() =>
        Format("{Text}", null, ("Text", "日本語 \u00a0é 👍 \"quoted\" \\n"))
            .ShouldBe("03:00:00.123 WRN 日本語 \u00a0é 👍 \"quoted\" \\n \n");

    [Test]
    public void A_line_of_an_exception_cannot_look_like_an_event_and_a_message_is_on_one_line()
    {
        var inner = new InvalidOperationException($"inner\r\n{Forged}\u001b[1A");
        var exception = new AggregateException(
            "outer\n" + Forged,
            new IOException($"first {inner.Message}", inner),
            new IOException("second\u2028" + Forged)
        );

        var lines = Format("Failed", exception).TrimEnd('\n').Split('\n');

        lines[0].ShouldBe("03:00:00.123 WRN Failed ");
        lines.Skip(1).ShouldAllBe(line => line.StartsWith("    ", StringComparison.Ordinal));
        lines.ShouldAllBe(line => !line.TrimStart().StartsWith(Forged, StringComparison.Ordinal));
        lines.ShouldAllBe(line => !line.Any(character => char.IsControl(character) || character == '\u2028'));
        string.Concat(lines)
            .ShouldSatisfyAllConditions(
                text => text.ShouldContain($"AggregateException: outer\\u000a{Forged}"),
                text => text.ShouldContain($"IOException: first inner\\u000d\\u000a{Forged}\\u001b[1A"),
                text => text.ShouldContain($"InvalidOperationException: inner\\u000d\\u000a{Forged}\\u001b[1A"),
                text => text.ShouldContain($"IOException: second\\u2028{Forged}")
            );
    }

    private static string Format(
        string template,
        Exception? exception,
        params (string Name, object? Value)[] properties
    )
    {
        using var output = new StringWriter();
        new ConsoleLineFormatter().Format(
            new LogEvent(
                new DateTimeOffset(2026, 11, 25, 3, 0, 0, 123, TimeSpan.Zero),
                LogEventLevel.Warning,
                exception,
                new MessageTemplateParser().Parse(template),
                properties.Select(one => new LogEventProperty(one.Name, new ScalarValue(one.Value)))
            ),
            output
        );
        return output.ToString();
    }
}
