using YamlDotNet.RepresentationModel;

namespace QrAi.Tests.Architecture.Automation;

/// <summary>Reads YAML files.</summary>
internal static class Yaml
{
    /// <summary>Reads the document in a file.</summary>
    /// <param name="path">Its path, relative to the root of the repository.</param>
    public static YamlNode Read(string path)
    {
        using var reader = new StreamReader(Path.Combine(SourceFiles.Root, path));
        var stream = new YamlStream();
        stream.Load(reader);
        return stream.Documents.Single().RootNode;
    }

    /// <summary>Returns the value of a key; null if the node has none, or is not a mapping.</summary>
    public static YamlNode? At(this YamlNode? node, string name) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var value)
            ? value
            : null;

    /// <summary>Returns the text of a key; null if there is none.</summary>
    public static string? TextAt(this YamlNode? node, string name) => (node.At(name) as YamlScalarNode)?.Value;

    /// <summary>Returns the keys and values of a mapping; none if the node is not a mapping.</summary>
    public static IEnumerable<(string Name, YamlNode Value)> Entries(this YamlNode? node) =>
        node is YamlMappingNode mapping
            ? mapping.Select(entry => (((YamlScalarNode)entry.Key).Value!, entry.Value))
            : [];

    /// <summary>Returns the items of a sequence. A single text counts as one item.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode? node) =>
        node switch
        {
            YamlSequenceNode sequence => sequence,
            YamlScalarNode scalar => [scalar],
            _ => [],
        };
}
