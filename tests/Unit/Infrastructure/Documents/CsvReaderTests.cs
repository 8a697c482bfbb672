using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class CsvReaderTests
{
    [TestCase("name,age\nSato,42\nTanaka,7\n")]
    [TestCase("name;age\r\nSato;42\r\nTanaka;7")]
    [TestCase("name\tage\nSato\t42\nTanaka\t7\n")]
    [TestCase("sep=;\nname;age\nSato;42\nTanaka;7\n")]
    [TestCase("\ufeff\"name\",\"age\"\n\"Sato\",\"42\"\n\n\"Tanaka\",\"7\"\n")]
    public void Each_record_is_a_row_with_its_header(string content) =>
        Read(content).ShouldBe(["| name: Sato; age: 42", "| name: Tanaka; age: 7"]);

    [Test]
    public void A_file_in_Shift_JIS_is_read() =>
        DocumentReading
            .Read(
                DocumentMediaTypes.Csv,
                DocumentReading.ShiftJis.GetBytes("氏名,部署\r\n佐藤,総務部\r\n鈴木,経理部\r\n")
            )
            .Outline()
            .ShouldBe(["| 氏名: 佐藤; 部署: 総務部", "| 氏名: 鈴木; 部署: 経理部"]);

    [Test]
    public void Quoted_values_may_have_delimiters_quotes_and_line_breaks() =>
        Read("name,note\nSato,\"a, \"\"b\"\"\nc\"\n").ShouldBe(["| name: Sato; note: a, \"b\" c"]);

    [Test]
    public void A_decimal_comma_is_no_delimiter() =>
        Read("item;price\nbread;1,20\nmilk;0,99\n")
            .ShouldBe(["| item: bread; price: 1,20", "| item: milk; price: 0,99"]);

    [Test]
    public void Blank_cells_are_left_out_and_cells_without_a_header_stay() =>
        Read("name,age,\nSato,,x\n,7\nTanaka,8,y,z\n")
            .ShouldBe(["| name: Sato; x", "| age: 7", "| name: Tanaka; age: 8; y; z"]);

    [TestCase("1,2\n3,4\n")]
    [TestCase("2024-01-05,¥300\n2024-01-06,¥400\n")]
    [TestCase("a@example.jp,x\nb@example.jp,y\n")]
    [TestCase("red,yes\ngreen,yes\n")]
    [TestCase("only,one\n")]
    public void A_first_record_with_values_is_no_header(string content)
    {
        var rows = Read(content);

        rows.Length.ShouldBe(content.Count(character => character == '\n'));
        rows.ShouldAllBe(row => !row.Contains(": "));
    }

    [Test]
    public void Years_name_columns() =>
        Read("country,2023,2024\nJapan,1,2\n").ShouldBe(["| country: Japan; 2023: 1; 2024: 2"]);

    [Test]
    public void A_stray_quote_stays() => Read("size,qty\n5\" pipe,3\n").ShouldBe(["| size: 5\" pipe; qty: 3"]);

    [TestCase("")]
    [TestCase("\n,,\n")]
    public void A_file_without_values_has_no_text(string content) =>
        DocumentReading.Fail(DocumentMediaTypes.Csv, content).ShouldBe(DocumentError.NoText);

    [Test]
    public void Too_many_records_are_too_large() =>
        DocumentReading
            .Fail(DocumentMediaTypes.Csv, "a\nb\nc\nd", new DocumentLimits { Blocks = 2 })
            .ShouldBe(DocumentError.TooLarge);

    private static string[] Read(string content) => DocumentReading.Read(DocumentMediaTypes.Csv, content).Outline();
}
