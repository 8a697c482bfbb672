using QrAi.Application.Search;

namespace QrAi.Tests.Unit.Application.Search;

public sealed class TextAnalyzerTests
{
    [TestCase("東京都", "東 東京 京 京都 都")]
    [TestCase("カフェ", "カフ フェ")]
    [TestCase("す", "す")]
    [TestCase("食べる", "食 食べ べる")]
    [TestCase("ｶﾀｶﾅ", "カタ タカ カナ")]
    [TestCase("がん", "がん")]
    [TestCase("ソウル・오늘", "ソウ ウル 오늘")]
    [TestCase("葛󠄀城", "葛 葛城 城")]
    [TestCase("𠮷野", "𠮷 𠮷野 野")]
    public void Scripts_without_spaces_give_pairs_and_single_ideographs(string text, string terms) =>
        TermsOf(text).ShouldBe(terms);

    [TestCase("RFC 9457", "rfc 9457")]
    [TestCase("ＲＦＣ９４５７", "rfc9457")]
    [TestCase("Straße, Café, naïve", "strasse cafe naive")]
    [TestCase("Йод ёлка", "йод ёлка")]
    [TestCase("don't", "don t don't")]
    [TestCase("e-mail@example.jp.", "e mail example jp e-mail@example.jp")]
    [TestCase("C# and C++ on .NET", "c c# and c c++ on net .net")]
    [TestCase("Version 3.14.", "version 3 14 3.14")]
    [TestCase("(see: #42)", "see 42 #42")]
    [TestCase("so\u00adft", "soft")]
    public void Words_are_terms_and_signs_that_connect_them_stay(string text, string terms) =>
        TermsOf(text).ShouldBe(terms);

    [TestCase("第3章のTLS設定", "第 3 章 章の tls 設 設定 定")]
    [TestCase("", "")]
    [TestCase(" 、。-#!", "")]
    [TestCase("5€ 😀", "5 € 😀")]
    public void Mixed_text_is_split_by_script(string text, string terms) => TermsOf(text).ShouldBe(terms);

    [Test]
    public void A_term_has_a_maximum_length_and_never_half_a_character()
    {
        var term = TextAnalyzer.Terms(new string('x', 63) + "\U0001D538").ShouldHaveSingleItem();

        term.Length.ShouldBeLessThanOrEqualTo(64);
        char.IsHighSurrogate(term[^1]).ShouldBeFalse();
    }

    [TestCase("\ud800")]
    [TestCase("\ufffe東\ufffe")]
    [TestCase("\0")]
    public void Any_text_can_be_analysed(string text) => Should.NotThrow(() => TextAnalyzer.Terms(text));

    private static string TermsOf(string text) => string.Join(' ', TextAnalyzer.Terms(text));
}
