using QrAi.Application.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

public sealed class PositionTests
{
    [TestCase("1", 1, Position.BeforeSources, false)]
    [TestCase("1.0", 1, 0, false)]
    [TestCase("2.120", 2, 120, false)]
    [TestCase("1.0.end", 1, 0, true)]
    [TestCase("2147483647.2147483647.end", int.MaxValue, int.MaxValue, true)]
    public void The_id_of_an_event_is_a_run_an_offset_and_whether_it_is_the_end(
        string id,
        int run,
        int offset,
        bool isEnd
    )
    {
        Position.TryParse(id, out var position).ShouldBeTrue();

        position.ShouldBe(new Position(run, offset, isEnd));
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("0")]
    [TestCase("0.5")]
    [TestCase("01")]
    [TestCase("1.")]
    [TestCase("1.05")]
    [TestCase("1.00")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1 ")]
    [TestCase("1,5")]
    [TestCase("١")] // an Arabic digit
    [TestCase("x")]
    [TestCase("1.x")]
    [TestCase("1.end")]
    [TestCase("1.5.")]
    [TestCase("1.5.END")]
    [TestCase("1.5.end.")]
    [TestCase("1.5.end.end")]
    [TestCase("2147483648")]
    [TestCase("1.2147483648")]
    [TestCase("99999999999999999999")]
    public void Any_other_text_is_not_the_id_of_an_event(string id)
    {
        Position.TryParse(id, out var position).ShouldBeFalse();

        position.ShouldBe(Position.Start);
    }

    [TestCase(1, Position.BeforeSources, false, "1")]
    [TestCase(1, 0, false, "1.0")]
    [TestCase(2, 120, false, "2.120")]
    [TestCase(2, 120, true, "2.120.end")]
    public void A_position_is_formatted_as_the_id_of_its_event(int run, int offset, bool isEnd, string id)
    {
        var position = new Position(run, offset, isEnd);

        position.ToString().ShouldBe(id);
        Position.TryParse(id, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(position);
    }
}
