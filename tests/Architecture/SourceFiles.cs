using System.Text.RegularExpressions;

namespace QrAi.Tests.Architecture;

/// <summary>The source files, without generated ones.</summary>
internal static partial class SourceFiles
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Returns all C# files below a folder, without generated ones.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Generated().IsMatch(Path.GetRelativePath(Root, file).Replace('\\', '/')));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "QrAi.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException("There is no QrAi.sln above the tests.");
    }

    [GeneratedRegex("(^|/)(bin|obj|CompiledModel)/")]
    private static partial Regex Generated();
}
