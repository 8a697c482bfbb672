using System.Globalization;
using QrAi.Application.Search;
using QrAi.Domain.Text;

namespace QrAi.Tests.Unit.Application.Search;

public sealed class QuoteTests
{
    [TestCase("A short\n\ttext  with 　 spaces ", "text", "A short text with spaces")]
    [TestCase("Nothing of it", "else", "Nothing of it")]
    [TestCase("", "else", "")]
    public void A_short_text_is_quoted_whole_with_single_spaces(string text, string query, string expected) =>
        Quote.Of(text, query).ShouldBe(expected);

    [Test]
    public void A_long_text_is_quoted_around_the_first_word_that_was_found_from_a_whole_word_on()
    {
        var text = $"{Repeat("word ", 100)}first needle {Repeat("thread ", 100)}last needle";

        var quote = Quote.Of(text, "needle");

        quote.ShouldStartWith("…word ");
        quote.ShouldContain("word first needle thread");
        quote.ShouldEndWith("…");
        UnicodeText.CountCharacters(quote).ShouldBeInRange(190, Quote.MaxLength);
    }

    [Test]
    public void A_word_is_not_found_within_another_one()
    {
        var text = $"start {Repeat("filler ", 100)}art {Repeat("filler ", 100)}";

        Quote.Of(text, "art").ShouldContain(" art ");
    }

    [TestCase("首都")]
    [TestCase("日本の首都")]
    public void Japanese_is_quoted_around_what_was_found(string query)
    {
        var text = $"毎日は{Repeat("雨が降る。", 100)}日本の首都は東京。{Repeat("雪も降る。", 100)}";

        var quote = Quote.Of(text, query);

        quote.ShouldContain("日本の首都は東京。");
        UnicodeText.CountCharacters(quote).ShouldBe(Quote.MaxLength);
    }

    [Test]
    public void The_place_is_found_although_folding_changes_lengths()
    {
        // Each ㌔ is folded to two characters, each ﾃﾞ to one.
        var text = $"{Repeat("㌔ﾃﾞﾃﾞﾃﾞ ", 200)}needle {Repeat("㍿ ", 200)}";

        Quote.Of(text, "needle").ShouldContain(" needle ㍿");
    }

    [TestCase("👨‍👩‍👧‍👦")]
    [TestCase("e\u0301\u0302")]
    [TestCase("🇯🇵")]
    public void No_text_element_is_split(string element)
    {
        for (var offset = 0; offset < 12; offset++)
        {
            var text = $"{Repeat("x", offset)} {Repeat(element, 300)} needle {Repeat(element, 300)}";

            var quote = Quote.Of(text, "needle").Trim('…');

            quote.ShouldContain(" needle ");
            UnicodeText.CountCharacters(quote).ShouldBeLessThanOrEqualTo(Quote.MaxLength);
            foreach (var part in Elements(quote.Replace(" needle ", "", StringComparison.Ordinal)))
                part.ShouldBe(element, $"offset {offset}");
        }
    }

    private static IEnumerable<string> Elements(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
            yield return elements.GetTextElement();
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
