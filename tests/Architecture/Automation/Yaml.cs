using YamlDotNet.RepresentationModel;

namespace QrAi.Tests.Architecture.Automation;

/// <summary>YAML files, as far as rules look at them.</summary>
internal static class Yaml
{
    /// <summary>The document of a file.</summary>
    /// <param name="path">Its path below the repository.</param>
    public static YamlNode Read(string path)
    {
        using var reader = new StreamReader(Path.Combine(SourceFiles.Root, path));
        var stream = new YamlStream();
        stream.Load(reader);
        return stream.Documents.Single().RootNode;
    }

    /// <summary>What is under a name; null if nothing is, or the node has no names.</summary>
    public static YamlNode? At(this YamlNode? node, string name) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var value)
            ? value
            : null;

    /// <summary>A text under a name; null if there is none.</summary>
    public static string? TextAt(this YamlNode? node, string name) => (node.At(name) as YamlScalarNode)?.Value;

    /// <summary>The names in a mapping, with what they name; nothing if it is none.</summary>
    public static IEnumerable<(string Name, YamlNode Value)> Entries(this YamlNode? node) =>
        node is YamlMappingNode mapping
            ? mapping.Select(entry => (((YamlScalarNode)entry.Key).Value!, entry.Value))
            : [];

    /// <summary>The items of a sequence; a single text counts as one.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode? node) =>
        node switch
        {
            YamlSequenceNode sequence => sequence,
            YamlScalarNode scalar => [scalar],
            _ => [],
        };
}
