using System.Text.Json;
using QrAi.Application.Questions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Http;

namespace QrAi.Tests.Unit.WebApi.Http;

public sealed class QrAiJsonTests
{
    private readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    public QrAiJsonTests() => QrAiJson.Configure(_json);

    [TestCase(0L, "\"2026-11-23T12:00:00Z\"")]
    [TestCase(2_500_000L, "\"2026-11-23T12:00:00.25Z\"")]
    [TestCase(10L, "\"2026-11-23T12:00:00.000001Z\"")]
    [TestCase(9L, "\"2026-11-23T12:00:00Z\"")]
    public void Times_are_UTC_to_the_microsecond(long ticks, string written)
    {
        JsonSerializer.Serialize(TestClock.Noon.AddTicks(ticks), _json).ShouldBe(written);
        JsonSerializer
            .Serialize(TestClock.Noon.AddTicks(ticks).ToOffset(TimeSpan.FromHours(9)), _json)
            .ShouldBe(written);
    }

    [TestCase(MessageStatus.Generating, "\"generating\"")]
    [TestCase(MessageRole.Assistant, "\"assistant\"")]
    public void Enumerations_are_words(object value, string written) =>
        JsonSerializer.Serialize(value, _json).ShouldBe(written);

    [Test]
    public void A_question_is_read_as_documented()
    {
        var id = Guid.Parse("019ab0de-7c5f-7000-8000-0123456789ab");

        Read($$"""{"question":"日本","sessionId":"{{id}}","provider":"offline","model":"m"}""")
            .ShouldBe(new AskQuestion("日本", id, "offline", "m"));
        Read("""{"question":"Why?"}""").ShouldBe(new AskQuestion("Why?", null, null, null));
    }

    [TestCase("""{"question":"Why?","temperature":1}""")]
    [TestCase("""{"Question":"Why?"}""")]
    [TestCase("""{"question":"Why?","question":"How?"}""")]
    [TestCase("""{"question":1}""")]
    [TestCase("""{"question":"Why?","sessionId":"1"}""")]
    [TestCase("""{"question":"Why?",}""")]
    [TestCase("""{"question":"\ud83d"}""")]
    [TestCase("""["Why?"]""")]
    public void Anything_else_is_rejected(string body) => Should.Throw<JsonException>(() => Read(body));

    private AskQuestion? Read(string body) => JsonSerializer.Deserialize<AskQuestion>(body, _json);
}
