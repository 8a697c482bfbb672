using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Domain.Callers;

public sealed class OwnersTests
{
    [TestCase("alice")]
    [TestCase("alice@example.test")]
    [TestCase("team: support")]
    [TestCase("anonymous")]
    [TestCase("アリス")]
    public void A_key_may_be_created_for_any_name(string owner) => Owners.CanHaveKeys(owner).ShouldBeTrue();

    [TestCase("")]
    [TestCase(" ")]
    [TestCase(" alice")]
    [TestCase("alice ")]
    [TestCase("ali\nce")]
    [TestCase("ali\0ce")]
    [TestCase("jwt:")]
    [TestCase("jwt:https://issuer.test#alice")]
    [TestCase("JWT:alice")]
    public void A_key_may_not_be_created_for_an_invalid_name_or_the_owner_of_a_token(string owner) =>
        Owners.CanHaveKeys(owner).ShouldBeFalse();

    [Test]
    public void A_key_may_not_be_created_for_a_lone_surrogate() => Owners.CanHaveKeys("ali\ud800ce").ShouldBeFalse();

    [Test]
    public void An_owner_has_at_most_500_characters()
    {
        Owners.CanHaveKeys(new string('x', 500)).ShouldBeTrue();
        Owners.CanHaveKeys(new string('x', 501)).ShouldBeFalse();
    }

    [Test]
    public void A_token_names_its_owner_by_issuer_and_subject()
    {
        var alice = Owners.OfToken("https://one.test", "alice")!;

        alice.ShouldNotBe(Owners.OfToken("https://other.test", "alice"));
        alice.ShouldNotBe(Owners.OfToken("https://one.test", "Alice"));
        Owners.CanHaveKeys(alice).ShouldBeFalse();
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" ")]
    [TestCase("a\u0001b")]
    public void A_token_without_a_valid_subject_has_no_owner(string? subject) =>
        Owners.OfToken("https://one.test", subject).ShouldBeNull();
}
