using System.Text.RegularExpressions;

namespace QrAi.Tests.Architecture;

/// <summary>Rules about the source files of tests.</summary>
public sealed partial class TestSourceTests
{
    private static readonly string[] Projects = ["Architecture", "Unit", "Integration", "E2E"];

    [Test]
    public void Unit_tests_mirror_the_folders_of_the_service() =>
        FoldersIn("tests/Unit")
            .Except(["Isolation", "Support"])
            .SelectMany(layer => FoldersIn($"tests/Unit/{layer}").Select(folder => $"{layer}/{folder}"))
            .ShouldBeSubsetOf(FeaturesOf("src"), "These folders have no counterpart in src.");

    [Test]
    public void Integration_tests_are_named_after_folders_of_the_service() =>
        FoldersIn("tests/Integration")
            .Except(["Isolation", "Setup"])
            .ShouldBeSubsetOf(
                FeaturesOf("src").Select(feature => feature.Split('/')[1]),
                "These folders have no counterpart in src."
            );

    [Test]
    public void Tests_are_named_as_sentences()
    {
        var names = Sources().SelectMany(file => TestMethod().Matches(File.ReadAllText(file))).ToList();
        names.Count.ShouldBeGreaterThan(100);

        names
            .Select(match => match.Groups["name"].Value)
            .Where(name => !Sentence().IsMatch(name))
            .ShouldBeEmpty("These names are not sentences.");
    }

    [Test]
    public void No_test_sleeps() =>
        Sources()
            .Where(file => Sleep().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(SourceFiles.Root, file))
            .ShouldBeEmpty("These files wait for a fixed time instead of a condition with a timeout.");

    [Test]
    public void Categories_are_set_in_one_place_only() =>
        Sources()
            .Where(file => CategoryAttribute().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(SourceFiles.Root, file))
            .ShouldBeEmpty("tests/Directory.Build.targets sets the category of tests to the name of their project.");

    private static IEnumerable<string> Sources() =>
        Projects.SelectMany(project => SourceFiles.In($"tests/{project}")).Where(file => file != OwnPath());

    private static IEnumerable<string> FeaturesOf(string top) =>
        FoldersIn(top).SelectMany(layer => FoldersIn($"{top}/{layer}").Select(folder => $"{layer}/{folder}"));

    private static IEnumerable<string> FoldersIn(string path) =>
        Directory
            .GetDirectories(Path.Combine(SourceFiles.Root, path))
            .Select(folder => Path.GetFileName(folder))
            .Except(["bin", "obj"]);

    private static string OwnPath() =>
        Path.Combine(SourceFiles.Root, "tests", "Architecture", $"{nameof(TestSourceTests)}.cs");

    [GeneratedRegex(
        @"\[Test(Case(Source)?)?\b[^\n]*(\n\s*\[[^\n]*)*\n\s*public (async )?[\w<>]+ (?<name>\w+)\(",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex TestMethod();

    // At least three words, the first of which begins with a capital letter.
    [GeneratedRegex("^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+){2,}$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\((?!Timeout\.Infinite)")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\[(assembly: )?Category\(")]
    private static partial Regex CategoryAttribute();
}
