using System.Text;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;
using static QrAi.Tests.Unit.Support.Documents.DocumentReading;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class PlainTextReaderTests
{
    [Test]
    public void Paragraphs_end_at_blank_lines_and_their_lines_are_joined_with_a_space() =>
        Read("one\ntwo\r\n\r\nthree\n \t\nfour\n").ShouldBe(["one two", "three", "four"]);

    [Test]
    public void Lines_between_Japanese_characters_are_joined_without_a_space() =>
        Read("日本国民は、\n正当に\n選挙された。\nArticle\n第一条 QrAi\nの話")
            .ShouldBe(["日本国民は、正当に選挙された。 Article 第一条 QrAi の話"]);

    [Test]
    public void Lines_between_Korean_words_are_joined_with_a_space() =>
        Read("대한민국은\n민주공화국이다").ShouldBe(["대한민국은 민주공화국이다"]);

    [Test]
    public void An_ideographic_indent_begins_a_paragraph() =>
        Read("　親譲りの無鉄砲で\n小供の時から\n　なぜそんな無闇をした")
            .ShouldBe(["親譲りの無鉄砲で小供の時から", "なぜそんな無闇をした"]);

    [Test]
    public void A_form_feed_separates_words_only() => Read("one\ftwo\n\f\nthree").ShouldBe(["one two", "three"]);

    [Test]
    public void Text_is_in_NFC_without_control_characters_and_hints_for_layout() =>
        Read("\ufeffCafe\u0301 は\u3099\0\a\u0085x\u00ady\u200bz\ufeff \u001b[1mﾊﾟ①ﬁ")
            .ShouldBe(["Café ば xyz [1mﾊﾟ①ﬁ"]);

    [Test]
    public void Noncharacters_are_replaced() => Read("a\ufffeb\uffffc").ShouldBe(["a\ufffdb\ufffdc"]);

    [Test]
    public void Characters_outside_the_basic_plane_stay_whole() => Read("𠮷野家\n𩸽").ShouldBe(["𠮷野家𩸽"]);

    [TestCase("")]
    [TestCase(" \r\n\t\u3000\n")]
    [TestCase("\ufeff")]
    public void A_file_without_text_is_named_as_such(string content) =>
        Fail(DocumentMediaTypes.PlainText, content).ShouldBe(DocumentError.NoText);

    [Test]
    public void Too_many_characters_are_too_large()
    {
        var limits = new DocumentLimits { Characters = 10 };

        DocumentReading.Read(DocumentMediaTypes.PlainText, "12345\n\n67890", limits).Blocks.Count.ShouldBe(2);
        Fail(DocumentMediaTypes.PlainText, "12345\n\n678901", limits).ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void Too_many_blocks_are_too_large()
    {
        var limits = new DocumentLimits { Blocks = 2 };

        DocumentReading.Read(DocumentMediaTypes.PlainText, "1\n\n2", limits).Blocks.Count.ShouldBe(2);
        Fail(DocumentMediaTypes.PlainText, "1\n\n2\n\n3", limits).ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void A_file_that_is_not_text_is_unreadable() =>
        Should.Throw<InvalidDataException>(() => DocumentReading.Read(DocumentMediaTypes.PlainText, [0x89, 0, 1, 2]));

    private static string[] Read(string content) =>
        DocumentReading.Read(DocumentMediaTypes.PlainText, Encoding.UTF8.GetBytes(content)).Outline();
}
