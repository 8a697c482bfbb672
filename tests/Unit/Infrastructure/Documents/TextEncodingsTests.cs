using System.Text;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class TextEncodingsTests
{
    private static readonly string[] Sentences =
    [
        "日本",
        "東京都",
        "議事録",
        "ありがとう",
        "お問い合わせはこちら",
        "請求書 No. 123 合計 4,500円",
        "トヨタ自動車株式会社",
        "日本国民は、正当に選挙された国会における代表者を通じて行動する。",
        "会議は10時から、Zoomで行います。\r\n参加者：佐藤、鈴木\r\n",
        "name,age\r\n佐藤,42\r\n",
        "The word 漢字 is Japanese.",
    ];

    [Test]
    public void Japanese_sentences_are_read_in_each_encoding(
        [ValueSource(nameof(Sentences))] string sentence,
        [Values("utf-8", "shift_jis", "euc-jp", "iso-2022-jp")] string encoding
    )
    {
        _ = DocumentReading.ShiftJis;

        TextEncodings.Decode(Encoding.GetEncoding(encoding).GetBytes(sentence)).ShouldBe(sentence);
    }

    [Test]
    public void Sentences_are_read_by_their_byte_order_mark(
        [ValueSource(nameof(Sentences))] string sentence,
        [Values("utf-8", "utf-16", "utf-16BE", "utf-32", "utf-32BE")] string encoding
    )
    {
        var marked = Encoding.GetEncoding(encoding);

        TextEncodings.Decode([.. marked.Preamble, .. marked.GetBytes(sentence)]).ShouldBe(sentence);
    }

    [Test]
    public void UTF_16_without_a_mark_is_recognised_by_its_zero_bytes(
        [Values("Hello.", "会議は\n10時から", "日本　東京", "Grüße", "Привет, мир")] string sentence,
        [Values("utf-16", "utf-16BE")] string encoding
    ) => TextEncodings.Decode(Encoding.GetEncoding(encoding).GetBytes(sentence)).ShouldBe(sentence);

    [TestCase("Müller & Söhne, Straße 5, 10 € für Käse")]
    [TestCase("Le café est fermé à Noël, élève")]
    [TestCase("“Quoted” – naïve")]
    [TestCase("é")]
    public void Western_text_is_read_as_Windows_1252(string sentence)
    {
        _ = DocumentReading.ShiftJis;

        TextEncodings.Decode(Encoding.GetEncoding(1252).GetBytes(sentence)).ShouldBe(sentence);
    }

    [TestCase("gb18030", "中华人民共和国是工人阶级领导的、以工农联盟为基础的人民民主专政的社会主义国家。")]
    [TestCase("big5", "中華民國基於三民主義，為民有民治民享之民主共和國。中華民國之主權屬於國民全體。")]
    [TestCase("euc-kr", "대한민국은 민주공화국이다. 대한민국의 주권은 국민에게 있고, 모든 권력은 국민으로부터 나온다.")]
    [TestCase(
        "windows-1251",
        "Мы, многонациональный народ Российской Федерации, соединенные общей судьбой на своей земле"
    )]
    public void Long_text_in_other_encodings_is_recognised(string encoding, string sentence)
    {
        _ = DocumentReading.ShiftJis;

        TextEncodings.Decode(Encoding.GetEncoding(encoding).GetBytes(sentence)).ShouldBe(sentence);
    }

    [Test]
    public void A_truncated_character_does_not_change_the_encoding()
    {
        var text = string.Concat(Enumerable.Repeat("日本国憲法の前文。", 20));

        TextEncodings.Decode(Encoding.UTF8.GetBytes(text).AsSpan()[..^1]).ShouldStartWith(text[..^1]);
        TextEncodings.Decode(DocumentReading.ShiftJis.GetBytes(text).AsSpan()[..^1]).ShouldStartWith(text[..^1]);
        TextEncodings.Decode(DocumentReading.EucJp.GetBytes(text).AsSpan()[..^1]).ShouldStartWith(text[..^1]);
    }

    [Test]
    public void Random_bytes_are_not_text([Range(1, 50)] int seed)
    {
        var content = new byte[1000];
        new Random(seed).NextBytes(content);

        TextEncodings.Detect(content).ShouldBeNull();
    }

    [Test]
    public void A_log_with_a_few_control_characters_is_text()
    {
        var log =
            string.Concat(Enumerable.Repeat("\u001b[32mINFO\u001b[0m started, waits for requests now\n", 50)) + "\a\0";

        TextEncodings.Decode(Encoding.UTF8.GetBytes(log)).ShouldBe(log);
    }
}
