using System.Text.RegularExpressions;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace QrAi.Infrastructure.Documents.Word;

/// <summary>The styles of a Word document, as far as they matter for its text.</summary>
internal sealed partial class WordStyles
{
    private const int MaxInheritance = 32;

    private readonly Dictionary<string, Style> _styles = new(StringComparer.Ordinal);

    /// <summary>Reads the styles.</summary>
    /// <param name="part">The part with the styles; null for none.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static WordStyles Read(OpenXmlPart? part, DocumentLimits limits, CancellationToken cancellationToken)
    {
        var styles = new WordStyles();
        var current = new Style();
        foreach (var reader in WordXml.Read(part, limits, cancellationToken))
            if (reader.NodeType == XmlNodeType.Element)
                switch (WordXml.NameOf(reader))
                {
                    case "style":
                        current = new Style();
                        styles._styles[WordXml.Attribute(reader, "styleId") ?? ""] = current;
                        break;
                    case "name":
                        current.Name = WordXml.Attribute(reader) ?? "";
                        break;
                    case "basedOn":
                        current.BasedOn = WordXml.Attribute(reader);
                        break;
                    case "outlineLvl":
                        current.OutlineLevel = WordXml.Number(reader);
                        break;
                    case "numId":
                        current.NumberingId = WordXml.Number(reader);
                        break;
                    case "vanish":
                        current.IsHidden = WordXml.IsOn(reader);
                        break;
                }
        return styles;
    }

    /// <summary>Returns the level of the headings in a style; 0 for other styles.</summary>
    /// <param name="id">The id of the style; null for the default.</param>
    public int HeadingLevel(string? id)
    {
        foreach (var style in Inherited(id))
            if (HeadingName().Match(style.Name) is { Success: true } heading)
                return heading.Groups["level"].Value[0] - '0';
            else if (style.OutlineLevel is { } level)
                return OutlineLevel(level);
        return IsTitle(id) ? 1 : 0;
    }

    /// <summary>Returns the level of a heading with an outline level.</summary>
    /// <param name="level">The outline level, from 0; 9 for body text.</param>
    public static int OutlineLevel(int level) => level is >= 0 and < 9 ? level + 1 : 0;

    /// <summary>Whether a style is that of the document's title.</summary>
    /// <param name="id">The id of the style.</param>
    public bool IsTitle(string? id) =>
        Inherited(id).FirstOrDefault()?.Name.Equals("title", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether a style is that of a table of contents, which repeats the headings.</summary>
    /// <param name="id">The id of the style.</param>
    public bool IsTableOfContents(string? id) => Inherited(id).Any(style => TableOfContentsName().IsMatch(style.Name));

    /// <summary>Whether paragraphs in a style are items of a list.</summary>
    /// <param name="id">The id of the style.</param>
    public bool IsList(string? id) =>
        Inherited(id).Select(style => style.NumberingId).FirstOrDefault(number => number is not null) > 0;

    /// <summary>Whether text in a style is hidden.</summary>
    /// <param name="id">The id of the style.</param>
    public bool IsHidden(string? id) =>
        Inherited(id).Select(style => style.IsHidden).FirstOrDefault(hidden => hidden is not null) == true;

    /// <summary>Returns a style and those that it is based on. A damaged document may have a circle of them.</summary>
    private IEnumerable<Style> Inherited(string? id)
    {
        for (var depth = 0; depth < MaxInheritance && id is not null && _styles.TryGetValue(id, out var style); depth++)
        {
            yield return style;
            id = style.BasedOn;
        }
    }

    // The names of built-in styles are English in every language of Word; their ids are not.
    [GeneratedRegex(@"^heading (?<level>[1-9])$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HeadingName();

    [GeneratedRegex(@"^(toc [1-9]|table of figures)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TableOfContentsName();

    private sealed class Style
    {
        public string Name { get; set; } = "";

        public string? BasedOn { get; set; }

        public int? OutlineLevel { get; set; }

        public int? NumberingId { get; set; }

        public bool? IsHidden { get; set; }
    }
}
