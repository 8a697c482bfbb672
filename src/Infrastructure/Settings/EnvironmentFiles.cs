using System.Collections;

namespace QrAi.Infrastructure.Settings;

/// <summary>Reads the layers of settings: the process's environment, <c>.env.{environment}</c> and <c>.env</c>.</summary>
public static class EnvironmentFiles
{
    /// <summary>Reads all layers, the strongest first.</summary>
    /// <param name="directory">The folder to search first; then its parents up to the repository's root.</param>
    public static IReadOnlyList<SettingsLayer> Read(string directory)
    {
        var process = new SettingsLayer(
            "environment",
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "")
        );
        var common = ReadFile(directory, ".env");
        var environment = EnvironmentOptions.NameOf(new SettingsReader([process, common])).Name ?? "development";
        return [process, ReadFile(directory, $".env.{environment}"), common];
    }

    /// <summary>Reads one file; the layer is empty if the file does not exist.</summary>
    /// <param name="directory">The folder to search first; then its parents up to the repository's root.</param>
    /// <param name="name">The file's name.</param>
    public static SettingsLayer ReadFile(string directory, string name) =>
        Find(directory, name) is { } path
            ? EnvironmentFile.Read(path, name)
            : new SettingsLayer(name, new Dictionary<string, string>());

    private static string? Find(string start, string name)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, name);
            if (File.Exists(path))
                return path;
            // .git is a file in a linked work tree.
            if (Path.Exists(Path.Combine(folder.FullName, ".git")))
                return null;
        }

        return null;
    }
}
