using System.Diagnostics;
using System.Text.Json;
using QrAi.Infrastructure.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace QrAi.Tests.Unit.Infrastructure.Logging;

public sealed class JsonLineFormatterTests
{
    [Test]
    public void An_event_has_its_time_level_message_template_source_and_trace()
    {
        var (trace, span) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        var json = Format(
            LogEventLevel.Information,
            "Answer {AnswerId} by {Provider} in {DurationMs:0.0} ms",
            trace: (trace, span),
            properties:
            [
                ("AnswerId", Guid.Empty),
                ("Provider", "openrouter"),
                ("DurationMs", 12.345),
                ("SourceContext", "QrAi.Here"),
            ]
        );

        json.GetRawText()
            .ShouldBe(
                """
                {"time":"2026-11-25T03:00:00.123456Z","level":"INFO","message":"Answer 00000000-0000-0000-0000-000000000000 by openrouter in 12.3 ms","template":"Answer {AnswerId} by {Provider} in {DurationMs:0.0} ms","source":"QrAi.Here","traceId":"TRACE","spanId":"SPAN","answerId":"00000000-0000-0000-0000-000000000000","provider":"openrouter","durationMs":12.345}
                """.Replace("TRACE", trace.ToHexString(), StringComparison.Ordinal).Replace(
                    "SPAN",
                    span.ToHexString(),
                    StringComparison.Ordinal
                )
            );
    }

    [TestCase(LogEventLevel.Verbose, "TRACE")]
    [TestCase(LogEventLevel.Debug, "DEBUG")]
    [TestCase(LogEventLevel.Information, "INFO")]
    [TestCase(LogEventLevel.Warning, "WARNING")]
    [TestCase(LogEventLevel.Error, "ERROR")]
    [TestCase(LogEventLevel.Fatal, "CRITICAL")]
    public void Levels_have_the_names_of_the_settings(LogEventLevel level, string name) =>
        Format(level, "Hello").GetProperty("level").GetString().ShouldBe(name);

    [Test]
    public void An_event_is_one_line_whatever_its_content()
    {
        var json = Format(
            LogEventLevel.Error,
            "Two\nlines \"quoted\" {Text}",
            new InvalidOperationException("first\nsecond"),
            properties: [("Text", "a\r\nb\u2028c\0d")]
        );

        json.GetProperty("text").GetString().ShouldBe("a\r\nb\u2028c\0d");
        json.GetProperty("exception").GetString()!.ShouldContain("InvalidOperationException: first\nsecond");
    }

    [Test]
    public void Terminal_control_characters_are_escaped_and_values_are_unchanged()
    {
        const string Text = "a\u001b[2K\u007f\u0085\u009b2J\u2029\u202e\u2066\\u0041\r\n日本";

        Format(LogEventLevel.Error, "{Text}", new IOException(Text), properties: [("Text", Text)])
            .ShouldSatisfyAllConditions(
                json => json.GetProperty("text").GetString().ShouldBe(Text),
                json => json.GetProperty("message").GetString().ShouldBe(Text),
                json => json.GetProperty("exception").GetString()!.ShouldContain(Text),
                json => json.GetRawText().ShouldNotContain("\u009b"),
                json => json.GetRawText().ShouldAllBe(character => character >= ' ' && character != '\u007f'),
                json => json.GetRawText().ShouldNotContain("\u202e"),
                json => json.GetRawText().ShouldContain("日本")
            );
    }

    [Test]
    public void A_property_does_not_replace_a_member_of_the_event()
    {
        var json = Format(
            LogEventLevel.Information,
            "{Time} {Level} {Message}",
            properties: [("Time", "noon"), ("Level", 7), ("Message", "none")]
        );

        json.GetProperty("level").GetString().ShouldBe("INFO");
        json.GetProperty("level_").GetInt32().ShouldBe(7);
        json.GetProperty("time_").GetString().ShouldBe("noon");
        json.GetProperty("message_").GetString().ShouldBe("none");
    }

    [Test]
    public void Unknown_values_are_omitted()
    {
        var json = Format(LogEventLevel.Information, "{Tokens} tokens", properties: [("Tokens", null)]);

        json.TryGetProperty("tokens", out _).ShouldBeFalse();
        json.TryGetProperty("traceId", out _).ShouldBeFalse();
        json.TryGetProperty("exception", out _).ShouldBeFalse();
    }

    private static JsonElement Format(
        LogEventLevel level,
        string template,
        Exception? exception = null,
        (ActivityTraceId Trace, ActivitySpanId Span)? trace = null,
        params (string Name, object? Value)[] properties
    )
    {
        using var output = new StringWriter();
        new JsonLineFormatter().Format(
            LogEvent.UnstableAssembleFromParts(
                new DateTimeOffset(2026, 11, 25, 4, 0, 0, 123, 456, TimeSpan.FromHours(1)),
                level,
                exception,
                new MessageTemplateParser().Parse(template),
                properties.ToDictionary(one => one.Name, LogEventPropertyValue (one) => new ScalarValue(one.Value)),
                trace?.Trace ?? default,
                trace?.Span ?? default
            ),
            output
        );
        var line = output.ToString();
        line.ShouldEndWith("\n");
        line.Count(character => character is '\n' or '\r').ShouldBe(1);
        return JsonElement.Parse(line);
    }
}
