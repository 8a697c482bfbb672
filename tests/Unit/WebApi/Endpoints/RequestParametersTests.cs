using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
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
            Rejected("id", () => RequestParameters.ParseId(bad));
    }

    [Test]
    public void A_parameter_of_the_query_string_is_given_once()
    {
        RequestParameters.RequireSingle(Query("?a=1&b=1&c"));

        var rejected = Should.Throw<InvalidRequestException>(() =>
            RequestParameters.RequireSingle(Query("?a=1&b=1&b=1&c&c"))
        );
        rejected.Errors.Keys.ShouldBe(["b", "c"], ignoreOrder: true);
        rejected.Errors["b"].ShouldBe(["must be given once"]);

        static QueryCollection Query(string text) => new(QueryHelpers.ParseQuery(text));
    }

    [TestCase(null, 20)]
    [TestCase("1", 1)]
    [TestCase("100", 100)]
    [TestCase("101", 101)] // the validator of the request rejects it
    public void A_limit_is_a_whole_number(string? text, int limit) =>
        RequestParameters.ParseLimit(text).ShouldBe(limit);

    [TestCase("")]
    [TestCase("ten")]
    [TestCase("-1")]
    [TestCase("+5")]
    [TestCase("1.5")]
    [TestCase(" 5")]
    [TestCase("99999999999")]
    public void Any_other_limit_is_rejected(string text) => Rejected("limit", () => RequestParameters.ParseLimit(text));

    [TestCase(null, 0, 0, false)]
    [TestCase("", 0, 0, false)]
    [TestCase("1", 1, Position.BeforeSources, false)]
    [TestCase("2.17", 2, 17, false)]
    [TestCase("2.17.end", 2, 17, true)]
    public void A_last_event_id_is_a_position(string? text, int run, int offset, bool isEnd) =>
        RequestParameters.ParseLastEventId(text).ShouldBe(new Position(run, offset, isEnd));

    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("x")]
    [TestCase("1.x")]
    [TestCase("9223372036854775807")]
    [TestCase("99999999999999999999")]
    public void Any_other_last_event_id_is_rejected(string text) =>
        Rejected("Last-Event-ID", () => RequestParameters.ParseLastEventId(text));

    [Test]
    public void An_argument_that_is_an_event_id_is_rejected_by_its_own_name() =>
        Rejected("after", () => RequestParameters.ParseLastEventId("x", "after"));

    private static void Rejected(string field, Action parse) =>
        Should.Throw<InvalidRequestException>(parse).Errors.Keys.ShouldBe([field]);
}
