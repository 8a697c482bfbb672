using QrAi.Application.Callers;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class ActAsOwnerTests
{
    [TestCase(null, Owners.Unauthenticated)]
    [TestCase("alice", "alice")]
    public async Task The_following_requests_act_for_the_owner(string? owner, string expected)
    {
        var caller = new CurrentCaller();

        await new ActAsOwnerHandler(caller).Handle(new ActAsOwner(owner), CancellationToken.None);

        caller.Owner.ShouldBe(expected);
    }

    [TestCase(null, true)]
    [TestCase("a", true)]
    [TestCase("", false)]
    [TestCase(" ", false)]
    public void An_owner_has_a_name_if_it_is_given(string? owner, bool isValid) => IsAccepted(owner).ShouldBe(isValid);

    [Test]
    public void A_name_has_a_maximum_length()
    {
        IsAccepted(new string('a', Owners.MaxLength)).ShouldBeTrue();
        IsAccepted(new string('a', Owners.MaxLength + 1)).ShouldBeFalse();
    }

    private static bool IsAccepted(string? owner)
    {
        var result = new ActAsOwnerValidator().Validate(new ActAsOwner(owner));
        result.Errors.ShouldAllBe(error => error.ErrorMessage == $"must have 1 to {Owners.MaxLength} characters");
        return result.IsValid;
    }
}
