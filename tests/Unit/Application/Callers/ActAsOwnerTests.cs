using QrAi.Application.Callers;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class ActAsOwnerTests
{
    [TestCase(null, Owners.Unauthenticated)]
    [TestCase("alice", "alice")]
    public async Task The_requests_that_follow_are_the_owners(string? owner, string expected)
    {
        var caller = new CurrentCaller();

        await new ActAsOwnerHandler(caller).Handle(new ActAsOwner(owner), CancellationToken.None);

        caller.Owner.ShouldBe(expected);
    }

    [TestCase(null, true)]
    [TestCase("a", true)]
    [TestCase("", false)]
    [TestCase(" ", false)]
    public void An_owner_has_a_name_or_is_nobody(string? owner, bool isTaken) => IsTaken(owner).ShouldBe(isTaken);

    [Test]
    public void A_name_has_its_limit()
    {
        IsTaken(new string('a', Owners.MaxLength)).ShouldBeTrue();
        IsTaken(new string('a', Owners.MaxLength + 1)).ShouldBeFalse();
    }

    private static bool IsTaken(string? owner)
    {
        var result = new ActAsOwnerValidator().Validate(new ActAsOwner(owner));
        result.Errors.ShouldAllBe(error => error.ErrorMessage == $"must have 1 to {Owners.MaxLength} characters");
        return result.IsValid;
    }
}
