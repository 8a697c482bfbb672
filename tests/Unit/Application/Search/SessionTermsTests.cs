using QrAi.Application.Search;

namespace QrAi.Tests.Unit.Application.Search;

public sealed class SessionTermsTests
{
    [TestCase("j")]
    [TestCase("ja")]
    [TestCase("apan")]
    [TestCase("to japan")]
    [TestCase("a journey to japan and to all of its larger islands")]
    [TestCase("🦉")]
    public void A_title_has_the_terms_of_each_part_of_it(string part)
    {
        const string title = "a journey to japan and to all of its larger islands 🦉";

        SessionTerms.InTitle(part).ShouldBeSubsetOf(SessionTerms.OfTitle(title));
    }

    [TestCase("jx")]
    [TestCase("x")]
    [TestCase("japans")]
    public void A_title_without_a_part_of_a_text_has_not_its_terms(string text) =>
        SessionTerms.InTitle(text).IsSubsetOf(SessionTerms.OfTitle("to japan")).ShouldBeFalse();

    [Test]
    public void The_terms_of_a_long_text_are_limited() =>
        SessionTerms.InTitle(string.Concat(Enumerable.Range(0x4e00, 200).Select(c => (char)c))).Count.ShouldBe(4);

    [Test]
    public void A_part_of_a_title_differs_from_the_same_word_of_a_message() =>
        SessionTerms.InTitle("is").ShouldNotContain(SessionTerms.InMessage("is").Single());

    [TestCase("日本の首都", 4)] // 日本 本の の首 首都
    [TestCase("首", 1)]
    [TestCase("art artist art", 2)]
    [TestCase("%", 0)]
    public void A_query_has_the_distinct_terms_that_others_do_not_imply(string query, int count) =>
        SessionTerms.InMessage(query).Count.ShouldBe(count);

    [Test]
    public void A_message_has_the_terms_of_a_query_in_it() =>
        SessionTerms
            .InMessage("日本の首都 E-MAIL c#")
            .ShouldBeSubsetOf(PassageTerms.Of("フランスと日本の首都は？ C# and e-mail@example.jp"));
}
