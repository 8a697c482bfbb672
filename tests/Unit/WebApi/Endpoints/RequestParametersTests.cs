using QrAi.Application.Errors;
using QrAi.WebApi.Endpoints;

namespace QrAi.Tests.Unit.WebApi.Endpoints;

public sealed class RequestParametersTests
{
    [Test]
    public void An_id_is_a_UUID()
    {
        var id = Guid.CreateVersion7();

        RequestParameters.ParseId(id.ToString()).ShouldBe(id);
        RequestParameters.ParseId(id.ToString().ToUpperInvariant()).ShouldBe(id);
        foreach (var bad in new[] { "", "1", "nonsense", id.ToString("N"), id.ToString("B") })
            Refused("id", () => RequestParameters.ParseId(bad));
    }

    [TestCase(null, 20)]
    [TestCase("1", 1)]
    [TestCase("100", 100)]
    [TestCase("101", 101)] // the request's own rule refuses it
    public void A_limit_is_a_whole_number(string? text, int limit) =>
        RequestParameters.ParseLimit(text).ShouldBe(limit);

    [TestCase("")]
    [TestCase("ten")]
    [TestCase("-1")]
    [TestCase("+5")]
    [TestCase("1.5")]
    [TestCase(" 5")]
    [TestCase("99999999999")]
    public void Another_limit_is_refused(string text) => Refused("limit", () => RequestParameters.ParseLimit(text));

    [TestCase(null, 0)]
    [TestCase("", 0)]
    [TestCase("0", 0)]
    [TestCase("17", 17)]
    public void A_last_event_id_is_a_number(string? text, long id) =>
        RequestParameters.ParseLastEventId(text).ShouldBe(id);

    [TestCase("-1")]
    [TestCase("x")]
    [TestCase("1.0")]
    [TestCase("9223372036854775807")]
    [TestCase("99999999999999999999")]
    public void Another_last_event_id_is_refused(string text) =>
        Refused("Last-Event-ID", () => RequestParameters.ParseLastEventId(text));

    private static void Refused(string field, Action parse) =>
        Should.Throw<InvalidRequestException>(parse).Errors.Keys.ShouldBe([field]);
}
