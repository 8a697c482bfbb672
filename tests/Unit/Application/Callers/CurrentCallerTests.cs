using QrAi.Application.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class CurrentCallerTests
{
    private readonly CurrentCaller _caller = new();

    [Test]
    public void Before_somebody_says_for_whom_it_is_nothing_is_reached() =>
        Should.Throw<InvalidOperationException>(() => _caller.Owner);

    [Test]
    public void A_scope_is_one_callers()
    {
        _caller.Identify("alice");
        _caller.Identify("alice");

        Should.Throw<InvalidOperationException>(() => _caller.Identify("bob"));
        _caller.Owner.ShouldBe("alice");
    }
}
