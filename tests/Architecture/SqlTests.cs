using System.Text.RegularExpressions;
using NetArchTest.Rules;

namespace QrAi.Tests.Architecture;

/// <summary>The places where SQL is allowed.</summary>
public sealed partial class SqlTests
{
    private static readonly string[] Databases = ["Sqlite", "Postgres"];

    [TestCase("Domain")]
    [TestCase("Application")]
    [TestCase("WebApi")]
    public void Only_the_infrastructure_has_SQL(string layer)
    {
        var files = SourceFiles.In($"src/{layer}").ToList();

        files.ShouldNotBeEmpty();
        files.Where(HasStatement).Select(Name).ShouldBeEmpty("These files have SQL.");
    }

    [Test]
    public void Domain_and_application_use_no_connections_and_commands()
    {
        foreach (var layer in new[] { Layers.Domain, Layers.Application })
            Types
                .InAssembly(layer)
                .That()
                .ResideInNamespaceStartingWith("QrAi")
                .Must(types => types.NotHaveDependencyOnAny("System.Data"));
    }

    [Test]
    public void Statements_are_in_the_folder_of_their_database()
    {
        var files = SourceFiles.In("src/Infrastructure").Where(HasStatement).ToList();

        files.ShouldNotBeEmpty();
        files
            .Where(file => !Databases.Any(database => Folders(file).Contains(database)))
            .Select(Name)
            .ShouldBeEmpty("These files have SQL outside the folder of a database.");
    }

    [Test]
    public void The_statements_of_turns_are_beside_the_context_of_their_database()
    {
        var files = SourceFiles
            .In("src")
            .Where(file => !Folders(file).Contains("Migrations"))
            .Where(file => TurnStatement().IsMatch(File.ReadAllText(file)))
            .ToList();

        foreach (var database in Databases)
            files.ShouldContain(file => Folders(file).Contains(database), $"{database} has no statement of turns.");
        files
            .Where(file => !Databases.Any(database => IsIn($"src/Infrastructure/Persistence/{database}", file)))
            .Select(Name)
            .ShouldBeEmpty("These files bypass the stores.");
    }

    private static bool HasStatement(string file) => Statement().IsMatch(File.ReadAllText(file));

    private static bool IsIn(string folder, string file) =>
        Path.GetDirectoryName(file) == Path.Combine(SourceFiles.Root, folder.Replace('/', Path.DirectorySeparatorChar));

    private static string[] Folders(string file) =>
        Path.GetRelativePath(SourceFiles.Root, Path.GetDirectoryName(file)!).Split(Path.DirectorySeparatorChar);

    private static string Name(string file) => Path.GetRelativePath(SourceFiles.Root, file);

    [GeneratedRegex(@"\b(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|CREATE\s+TABLE|ALTER\s+TABLE|DROP\s+TABLE)\s")]
    private static partial Regex Statement();

    /// <summary>A statement that reads or writes the tables of turns and workers.</summary>
    [GeneratedRegex(@"\b(FROM|JOIN|INTO|UPDATE)\s+(sessions|messages|answer_pieces|workers|idempotency_records)\b")]
    private static partial Regex TurnStatement();
}
