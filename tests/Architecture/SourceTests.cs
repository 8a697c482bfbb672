using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace QrAi.Tests.Architecture;

/// <summary>Rules about source and project files.</summary>
public sealed partial class SourceTests
{
    private static readonly string[] SharedLibraries = ["Fixtures.csproj", "Isolation.csproj", "Testing.csproj"];

    [TestCase("src", "QrAi")]
    [TestCase("tests", "QrAi.Tests")]
    public void Folders_are_namespaces(string top, string prefix)
    {
        var files = SourceFiles.In(top).ToList();
        files.ShouldNotBeEmpty();

        var found = files
            .Select(file => (File: file, Namespaces: NamespaceLine().Matches(File.ReadAllText(file))))
            .Where(one => one.Namespaces.Count > 0) // files of top-level statements or assembly attributes have none
            .ToList();
        found.ShouldNotBeEmpty();
        found
            .Where(one => one.Namespaces.Any(line => line.Groups["name"].Value != NamespaceOf(one.File, top, prefix)))
            .Select(one => Path.GetRelativePath(SourceFiles.Root, one.File))
            .ShouldBeEmpty("The namespace of these files differs from their folder.");
    }

    [Test]
    public void Test_projects_do_not_reference_one_another()
    {
        var projects = Directory.GetFiles(
            Path.Combine(SourceFiles.Root, "tests"),
            "*.csproj",
            SearchOption.AllDirectories
        );
        projects.Length.ShouldBeGreaterThan(2);

        projects
            .SelectMany(project => ReferencesOf(project).Select(reference => (project, reference)))
            .Where(one => IsIn("tests", one.reference))
            .Where(one => !SharedLibraries.Contains(Path.GetFileName(one.reference)))
            .Select(one => $"{Path.GetFileName(one.project)} → {Path.GetFileName(one.reference)}")
            .ShouldBeEmpty("These test projects reference another.");
    }

    [Test]
    public void The_service_does_not_reference_its_tests_and_build_tools()
    {
        var projects = Directory.GetFiles(
            Path.Combine(SourceFiles.Root, "src"),
            "*.csproj",
            SearchOption.AllDirectories
        );
        projects.Length.ShouldBe(5);

        projects
            .SelectMany(project => ReferencesOf(project).Select(reference => (project, reference)))
            .Where(one => !IsIn("src", one.reference))
            .Select(one => $"{Path.GetFileName(one.project)} → {Path.GetFileName(one.reference)}")
            .ShouldBe(["Domain.csproj → MediatR.Contracts.csproj"]);
    }

    // The web SDK's default is the folder of the project, where no command of the README finds its files.
    [Test]
    public void Dotnet_run_starts_the_program_where_it_was_called() =>
        XDocument
            .Load(Path.Combine(SourceFiles.Root, "src", "WebApi", "WebApi.csproj"))
            .Descendants("EnableDefaultRunWorkingDirectory")
            .ShouldHaveSingleItem()
            .Value.ShouldBe("false");

    [Test]
    public void The_page_references_no_other_project() =>
        ReferencesOf(Path.Combine(SourceFiles.Root, "src", "WebApp", "WebApp.csproj")).ShouldBeEmpty();

    [Test]
    public void No_file_is_excluded_from_its_project() =>
        Directory
            .GetFiles(SourceFiles.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(project =>
                XDocument.Load(project).Descendants("Compile").Any(item => item.Attribute("Remove") is not null)
            )
            .Select(Path.GetFileName)
            .ShouldBeEmpty("These projects exclude files.");

    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument
            .Load(project)
            .Descendants("ProjectReference")
            .Select(item => item.Attribute("Include")!.Value.Replace('\\', '/'))
            .Select(path => Path.GetFullPath(path, Path.GetDirectoryName(project)!));

    private static bool IsIn(string top, string path) =>
        path.StartsWith(Path.Combine(SourceFiles.Root, top) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string NamespaceOf(string file, string top, string prefix) =>
        string.Join(
            '.',
            Path.GetRelativePath(Path.Combine(SourceFiles.Root, top), Path.GetDirectoryName(file)!)
                .Split(Path.DirectorySeparatorChar)
                .Prepend(prefix)
        );

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
