using QrAi.Application.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class CurrentCallerTests
{
    private readonly CurrentCaller _caller = new();

    [Test]
    public void Without_an_owner_no_data_can_be_read() => Should.Throw<InvalidOperationException>(() => _caller.Owner);

    [Test]
    public void A_scope_belongs_to_one_caller()
    {
        _caller.Identify("alice");
        _caller.Identify("alice");

        Should.Throw<InvalidOperationException>(() => _caller.Identify("bob"));
        _caller.Owner.ShouldBe("alice");
    }
}
