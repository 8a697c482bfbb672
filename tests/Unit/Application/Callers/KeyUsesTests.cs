using QrAi.Application.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class KeyUsesTests
{
    private static readonly DateTimeOffset Noon = TestClock.Noon;

    private readonly KeyUses _uses = new();

    [Test]
    public void The_last_use_of_each_key_counts_in_any_order_of_recording()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        _uses.Add(one, Noon);
        _uses.Add(one, Noon.AddSeconds(1));
        _uses.Add(other, Noon.AddSeconds(2));
        _uses.Add(other, Noon);

        _uses
            .Take()
            .ShouldBe(
                new Dictionary<Guid, DateTimeOffset> { [one] = Noon.AddSeconds(1), [other] = Noon.AddSeconds(2) },
                ignoreOrder: true
            );
    }

    [Test]
    public void Uses_are_taken_once()
    {
        _uses.Add(Guid.CreateVersion7(), Noon);
        _uses.Take();

        _uses.Take().ShouldBeEmpty();
    }
}
