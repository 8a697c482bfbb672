namespace QrAi.Tests.Testing;

/// <summary>The repository that these tests were built in.</summary>
public static class Repository
{
    private static readonly Lazy<string> _root = new(Find);

    /// <summary>Its root folder.</summary>
    /// <exception cref="InvalidOperationException">The tests run outside the repository.</exception>
    public static string Root => _root.Value;

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "QrAi.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No QrAi.sln above {AppContext.BaseDirectory}.");
    }
}
