namespace QrAi.Tests.Architecture;

/// <summary>The maximum lengths of files. A longer file usually has more than one purpose.</summary>
public sealed class SizeTests
{
    [TestCase("src", 250)]
    [TestCase("tests", 350)]
    [TestCase("build", 350)]
    public void No_file_is_longer_than_its_limit(string folder, int limit)
    {
        var files = SourceFiles
            .In(folder)
            .Where(file => !file.Contains("Migrations", StringComparison.Ordinal))
            .ToList();

        files.ShouldNotBeEmpty();
        files
            .Select(file => (Path: Path.GetRelativePath(SourceFiles.Root, file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > limit)
            .ShouldBeEmpty();
    }
}
