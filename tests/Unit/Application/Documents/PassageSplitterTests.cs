using System.Globalization;
using QrAi.Application.Documents;

namespace QrAi.Tests.Unit.Application.Documents;

public sealed class PassageSplitterTests
{
    private static readonly string _long = string.Concat(Enumerable.Repeat("これは文である。", 40)); // 320 characters

    [Test]
    public void Short_blocks_are_joined_until_a_passage_is_long_enough()
    {
        var passages = Split(Paragraph("一。"), Paragraph("二。"), Paragraph(_long), Paragraph("三。"));

        passages.Select(passage => passage.Text).ShouldBe([$"一。\n二。\n{_long}", "三。"]);
    }

    [Test]
    public void A_passage_has_the_headings_above_it_and_its_page()
    {
        var passages = Split(
            Heading("規則", 1, 1),
            Heading("休暇", 2, 1),
            Paragraph(_long, 2),
            Heading("経費", 2, 3),
            Paragraph(_long, 3)
        );

        passages.Select(passage => (passage.Heading, passage.Page)).ShouldBe([("規則 › 休暇", 2), ("規則 › 経費", 3)]);
        passages.ShouldAllBe(passage => passage.Text == _long);
    }

    [Test]
    public void A_heading_that_no_passage_is_under_becomes_a_line_of_the_text()
    {
        var passages = Split(
            Heading("規則", 1, 1),
            Heading("目次", 2, 1),
            Heading("休暇", 2, 1),
            Paragraph("三日前まで。", 1),
            Heading("経費", 2, 1),
            Paragraph(_long, 1),
            Heading("付録", 2, 2)
        );

        passages
            .Select(passage => (passage.Heading, passage.Text))
            .ShouldBe([("規則 › 休暇", $"目次\n三日前まで。\n経費\n{_long}"), ("規則 › 付録", "付録")]);
    }

    [Test]
    public void A_long_block_is_split_between_sentences()
    {
        var sentences = Enumerable.Range(0, 100).Select(number => $"第{number}条は「別に定める。」とする。").ToList();

        var passages = Split(Paragraph(string.Concat(sentences)));

        passages.Count.ShouldBeGreaterThan(1);
        foreach (var passage in passages)
        {
            passage.Text.Length.ShouldBeLessThanOrEqualTo(PassageSplitter.MaxLength);
            passage.Text.ShouldStartWith("第");
            passage.Text.ShouldEndWith("とする。");
        }
        string.Concat(passages.Select(passage => passage.Text)).ShouldBe(string.Concat(sentences));
    }

    [Test]
    public void A_sentence_without_an_end_is_split_between_words_or_graphemes()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 1_000));
        var family = string.Concat(Enumerable.Repeat("👨‍👩‍👧‍👦", 200));

        Split(Paragraph(words)).ShouldAllBe(passage => passage.Text.EndsWith("word", StringComparison.Ordinal));
        foreach (var passage in Split(Paragraph(family)))
            StringInfo
                .ParseCombiningCharacters(passage.Text)
                .Length.ShouldBe(passage.Text.Length / "👨‍👩‍👧‍👦".Length);
    }

    [TestCase("No. 5 costs 3.50 dollars. It is cheap. Really?", 30, "No. 5 costs 3.50 dollars. |It is cheap. Really?")]
    [TestCase("はい！！いいえ？（たぶん。）以上。", 10, "はい！！いいえ？|（たぶん。）以上。")]
    [TestCase("short", 10, "short")]
    public void Sentences_end_where_their_language_ends_them(string text, int maxLength, string parts) =>
        string.Join('|', SentenceSplitter.Split(text, maxLength)).ShouldBe(parts);

    [Test]
    public void Every_text_is_the_sum_of_its_parts([Values(1, 2, 5, 17, 900)] int maxLength)
    {
        var random = new Random(maxLength);
        const string Characters = "aあ漢。.!? \n、😀\u0301";
        for (var run = 0; run < 200; run++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(60)).Select(_ => Characters[random.Next(Characters.Length)])
            );
            string.Concat(SentenceSplitter.Split(text, maxLength)).ShouldBe(text);
        }
    }

    [Test]
    public void Many_headings_keep_the_innermost_ones()
    {
        var headings = Enumerable.Range(1, 6).Select(level => Heading(new string((char)('a' + level), 100), level, 1));

        var passage = Split([.. headings, Paragraph(_long)])[^1];

        passage.Heading!.Length.ShouldBeLessThanOrEqualTo(300);
        passage.Heading.ShouldEndWith(new string('g', 100));
    }

    [Test]
    public void A_document_of_headings_alone_has_them_as_text() =>
        Split(Heading("規則", 1, null)).ShouldHaveSingleItem().Text.ShouldBe("規則");

    private static IReadOnlyList<PassageText> Split(params Block[] blocks) =>
        PassageSplitter.Split(new ExtractedDocument(null, blocks));

    private static Block Paragraph(string text, int? page = null) => new(BlockKind.Paragraph, text, Page: page);

    private static Block Heading(string text, int level, int? page) => new(BlockKind.Heading, text, level, page);
}
