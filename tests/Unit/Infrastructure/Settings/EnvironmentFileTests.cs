using System.Text;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class EnvironmentFileTests
{
    private const string Rule =
        "must be NAME=value, export NAME=value or a # comment, with quotes closed on the line, in ";

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("qrai-env-").FullName, ".env");

    [TearDown]
    public void Remove() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [TestCase("A=value", "value")]
    [TestCase("export A=value", "value")]
    [TestCase("  export\tA = value  ", "value")]
    [TestCase("A=", "")]
    [TestCase("A=   ", "")]
    [TestCase("A= # nothing", "")]
    [TestCase("A=a value of words", "a value of words")]
    [TestCase("A=value # said of it", "value")]
    [TestCase("A=value\t#said of it", "value")]
    [TestCase("A=value#1", "value#1")]
    [TestCase("A=#1", "#1")]
    [TestCase("A=a=b==", "a=b==")]
    [TestCase("A=it's", "it's")]
    [TestCase("A={\"b\":\"c d\"}", "{\"b\":\"c d\"}")]
    [TestCase("A=back\\slash\\n", "back\\slash\\n")]
    [TestCase("A=${B} $C", "${B} $C")]
    [TestCase("A=日本語", "日本語")]
    [TestCase("A=\"\"", "")]
    [TestCase("A=''", "")]
    [TestCase("A=\" # in \" # out", " # in ")]
    [TestCase("A=\"a\\n\\t\\r\\\\\\\"\\$\\x\"", "a\n\t\r\\\"$\\x")]
    [TestCase("A='a\\n\"b\" # $c' # out", "a\\n\"b\" # $c")]
    public void A_line_assigns_a_value_to_a_name(string line, string value)
    {
        var layer = Read(line + "\n");

        layer.Problems.ShouldBeEmpty();
        layer.Values.ShouldBe(new Dictionary<string, string> { ["A"] = value });
    }

    [TestCase("NAME")]
    [TestCase("export NAME")]
    [TestCase("=s3cr3t")]
    [TestCase("1NAME=s3cr3t")]
    [TestCase("two words=s3cr3t")]
    [TestCase("NAME: s3cr3t")]
    [TestCase("NAME=\"s3cr3t")]
    [TestCase("NAME='s3cr3t")]
    [TestCase("NAME=\"s3cr3t\\\"")]
    [TestCase("NAME=\"s3cr3t\"more")]
    [TestCase("NAME='s3cr3t' more")]
    public void Any_other_line_is_an_error_with_file_and_number_and_without_the_line(string line)
    {
        var layer = Read($"A=1\n\n{line}\nB=2\n");

        var problem = layer.Problems.ShouldHaveSingleItem();
        problem.ToString().ShouldBe($".env:3: {Rule}{_path}");
        layer.Values.Keys.ShouldBe(["A", "B"], ignoreOrder: true);
    }

    [Test]
    public void All_invalid_lines_are_reported_together()
    {
        var layer = Read("one\nA=1\nthree\n");

        SettingsResult.Of([layer]).Problems.Select(problem => problem.Name).ShouldBe([".env:1", ".env:3"]);
    }

    [Test]
    public void Comments_and_blank_lines_are_ignored_and_the_last_of_two_values_counts()
    {
        var layer = Read("# A=1\n\n   \t\n  # two\nA=1\nA=2");

        layer.Problems.ShouldBeEmpty();
        layer.Values["A"].ShouldBe("2");
    }

    [Test]
    public void Windows_line_endings_and_a_byte_order_mark_are_ignored([Values] bool isUtf16)
    {
        var text = "export A=\"1\"\r\n# two\r\n\r\nB=2\r\n";
        Encoding encoding = isUtf16 ? Encoding.Unicode : new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);
        File.WriteAllText(_path, text, encoding);

        var layer = EnvironmentFile.Read(_path, ".env");

        layer.Problems.ShouldBeEmpty();
        layer.Values.ShouldBe(new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" });
    }

    [Test]
    public void A_file_that_is_not_text_or_too_large_is_an_error([Values] bool isLarge)
    {
        File.WriteAllBytes(
            _path,
            isLarge ? Encoding.UTF8.GetBytes(new string('#', 1024 * 1024 + 1)) : [0x41, 0x3D, 0xFF]
        );

        var layer = EnvironmentFile.Read(_path, ".env");

        layer
            .Problems.ShouldHaveSingleItem()
            .ToString()
            .ShouldBe($".env: must be a file of NAME=value lines that can be read: {_path}");
        layer.Values.ShouldBeEmpty();
    }

    private SettingsLayer Read(string text)
    {
        File.WriteAllText(_path, text);
        return EnvironmentFile.Read(_path, ".env");
    }
}
