using System.Text;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Tests.Unit.Domain.Text;

public sealed class UnicodeTextTests
{
    [TestCase("", 0)]
    [TestCase("abc", 3)]
    [TestCase("東京", 2)]
    [TestCase("😀", 1)]
    [TestCase("a😀b", 3)]
    [TestCase("👩‍👩‍👧‍👦", 7)]
    [TestCase("e\u0301", 2)]
    public void Characters_are_code_points(string text, int count) => UnicodeText.CountCharacters(text).ShouldBe(count);

    [Test]
    public void A_lone_surrogate_counts_once()
    {
        UnicodeText.CountCharacters("\ud83d").ShouldBe(1);
        UnicodeText.CountCharacters("\ude00\ud83d").ShouldBe(2);
        UnicodeText.CountCharacters("\ud83d\ud83d\ude00").ShouldBe(2);
    }

    [TestCase("short", 10, "short")]
    [TestCase("exact", 5, "exact")]
    [TestCase("too long", 3, "too")]
    [TestCase("日本語", 2, "日本")]
    [TestCase("😀😁😂", 2, "😀😁")]
    [TestCase("ae\u0301o", 2, "a")]
    [TestCase("ae\u0301o", 3, "ae\u0301")]
    [TestCase("a👩‍👩‍👧‍👦b", 7, "a")]
    [TestCase("a👩‍👩‍👧‍👦b", 8, "a👩‍👩‍👧‍👦")]
    [TestCase("a\r\nb", 2, "a")]
    public void Truncation_keeps_whole_graphemes(string text, int max, string truncated) =>
        UnicodeText.Truncate(text, max).ShouldBe(truncated);

    [Test]
    public void A_grapheme_that_is_longer_than_the_limit_is_truncated_between_code_points()
    {
        var marks = "e" + new string('\u0301', 100);

        UnicodeText.Truncate(marks, 80).ShouldBe(marks[..80]);
        UnicodeText.Truncate("👩‍👩‍👧‍👦", 1).ShouldBe("👩");
    }

    [TestCase("Straße Tokyo", "straße TOKYO")]
    [TestCase("ＱＲＡＩ", "qrai")]
    [TestCase("ｶﾞｷﾞ", "ガギ")]
    [TestCase("e\u0301te\u0301", "\u00c9T\u00c9")]
    [TestCase("привет", "ПРИВЕТ")]
    [TestCase("GROẞ", "groß")]
    [TestCase("Straße", "STRASSE")]
    [TestCase("İstanbul", "istanbul")]
    [TestCase("I\u0307stanbul", "ISTANBUL")]
    [TestCase("ﾃｽﾄ", "テスト")]
    [TestCase("ΌΣΟΣ", "όσος")]
    [TestCase("ﬂoﬃce", "FLOFFICE")]
    [TestCase("ﬓ", "ՄՆ")]
    [TestCase("ᾼ", "ᾳ")]
    [TestCase("𐐀", "𐐨")]
    [TestCase("Ꭰ", "ꭰ")]
    [TestCase("K", "k")] // the kelvin sign
    public void Texts_that_differ_in_case_or_width_fold_alike(string one, string other) =>
        UnicodeText.FoldCase(one).ShouldBe(UnicodeText.FoldCase(other));

    [Test]
    public void Texts_that_differ_otherwise_do_not_fold_alike() =>
        UnicodeText.FoldCase("か").ShouldNotBe(UnicodeText.FoldCase("が"));

    [TestCase('\ufffe')]
    [TestCase('\uffff')]
    [TestCase('\ufdd0')]
    [TestCase('\u0378')]
    [TestCase('\ue000')]
    [TestCase('\u0001')]
    public void Text_that_can_be_stored_can_be_folded(char odd)
    {
        UnicodeText.IsStorable($"a{odd}b").ShouldBeTrue();
        UnicodeText.FoldCase($"A{odd}B").ShouldBe($"a{odd}b");
    }

    [Test]
    public void Text_that_cannot_be_stored_is_folded_in_its_storable_form()
    {
        UnicodeText.FoldCase("A\ud800").ShouldBe("a\ufffd");
        UnicodeText.FoldCase("\udc00É").ShouldBe("\ufffdé");
        UnicodeText.FoldCase("A\0B").ShouldBe("ab");
    }

    [Test]
    public void Folding_is_idempotent()
    {
        foreach (var rune in EveryCharacter())
        {
            var folded = UnicodeText.FoldCase($"{rune}x");
            UnicodeText.FoldCase(folded).ShouldBe(folded, $"U+{rune.Value:X4}");
        }
    }

    [Test]
    public void No_character_is_folded_to_the_mark_of_the_rule()
    {
        foreach (var rune in EveryCharacter())
            UnicodeText.FoldCase(rune.ToString()).ShouldNotContain(Session.FoldingRule);
    }

    [Test]
    public void Characters_that_dotnet_pairs_by_case_fold_alike()
    {
        // Except the Turkish i, and Cherokee, whose small letters are folded to capital ones.
        foreach (var rune in EveryCharacter().Where(rune => rune.Value is not ('ı' or 'I' or 'i')))
            UnicodeText
                .FoldCase(Rune.ToUpperInvariant(rune).ToString())
                .ShouldBe(UnicodeText.FoldCase(rune.ToString()), $"U+{rune.Value:X4}");
    }

    private static IEnumerable<Rune> EveryCharacter() =>
        Enumerable.Range(1, 0x1ffff).Where(Rune.IsValid).Select(value => new Rune(value));

    [TestCase("")]
    [TestCase("text")]
    [TestCase("日本語 😀\n\t")]
    public void Well_formed_text_can_be_stored(string text) => UnicodeText.IsStorable(text).ShouldBeTrue();

    [Test]
    public void NUL_and_lone_surrogates_cannot_be_stored()
    {
        // Not test cases: a report cannot contain a name with a lone surrogate.
        foreach (var text in new[] { "\0", "a\0", "\ud83d", "a\ud83d", "\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00" })
            UnicodeText.IsStorable(text).ShouldBeFalse();
    }

    [Test]
    public void Any_text_has_a_form_that_can_be_stored()
    {
        foreach (
            var (text, storable) in new[]
            {
                ("", ""),
                ("plain 日本 😀", "plain 日本 😀"),
                ("a\0b\0", "ab"),
                ("\0", ""),
                ("a\ud83d", "a\ufffd"),
                ("\ude00b", "\ufffdb"),
                ("\ude00\ud83d", "\ufffd\ufffd"),
                ("\ud83d\0\ude00", "\ufffd\ufffd"),
            }
        )
        {
            UnicodeText.ToStorable(text).ShouldBe(storable);
            UnicodeText.IsStorable(storable).ShouldBeTrue();
        }
    }

    [Test]
    public void A_text_that_can_be_stored_is_not_copied()
    {
        var text = new string('x', 100);

        UnicodeText.ToStorable(text).ShouldBeSameAs(text);
    }

    [TestCase("", 2, 0)]
    [TestCase("ab", 2, 2)]
    [TestCase("abc", 2, 2)]
    [TestCase("a😀", 2, 1)]
    [TestCase("a😀", 3, 3)]
    [TestCase("😀a", 2, 2)]
    [TestCase("😀😀", 3, 2)]
    public void The_longest_prefix_splits_no_code_point(string text, int max, int length) =>
        UnicodeText.TruncatedLength(text, max).ShouldBe(length);
}
