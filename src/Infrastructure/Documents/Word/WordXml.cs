using System.Globalization;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Documents.Word;

/// <summary>Streams the XML of a part of a Word document.</summary>
internal static class WordXml
{
    private const string Transitional = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    private const string Strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";

    private const string Math = "http://schemas.openxmlformats.org/officeDocument/2006/math";

    private const string StrictMath = "http://purl.oclc.org/ooxml/officeDocument/math";

    private const string Compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006";

    /// <summary>Reads the start and end tags of a part, and its text.</summary>
    /// <param name="part">The part; null for none.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The same reader at each node.</returns>
    /// <exception cref="DocumentUnreadableException">If the elements are nested too deeply.</exception>
    public static IEnumerable<XmlReader> Read(
        OpenXmlPart? part,
        DocumentLimits limits,
        CancellationToken cancellationToken
    )
    {
        if (part is null)
            yield break;
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            CloseInput = true,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = limits.UnpackedBytes,
        };
        using var reader = XmlReader.Create(part.GetStream(FileMode.Open, FileAccess.Read), settings);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.Depth > limits.Depth)
                throw new DocumentUnreadableException(DocumentError.TooLarge);
            yield return reader;
        }
    }

    /// <summary>Returns the name of the current element; null if no part of the text has it.</summary>
    /// <param name="reader">A reader at a tag.</param>
    public static string? NameOf(XmlReader reader) =>
        reader.NamespaceURI switch
        {
            Transitional or Strict => reader.LocalName,
            Math or StrictMath when reader.LocalName == "t" => "t",
            Compatibility when reader.LocalName == "Fallback" => "Fallback",
            _ => null,
        };

    /// <summary>Returns an attribute of the current element; null if it has none.</summary>
    /// <param name="reader">A reader at a start tag.</param>
    /// <param name="name">The name, <c>val</c> for most elements.</param>
    public static string? Attribute(XmlReader reader, string name = "val") =>
        reader.GetAttribute(name, reader.NamespaceURI);

    /// <summary>Returns an attribute that is a number; null if it is none.</summary>
    /// <param name="reader">A reader at a start tag.</param>
    public static int? Number(XmlReader reader) =>
        int.TryParse(Attribute(reader), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>Whether an element that switches a property on or off switches it on.</summary>
    /// <param name="reader">A reader at a start tag.</param>
    public static bool IsOn(XmlReader reader) => Attribute(reader) is not ("0" or "false" or "off" or "none");
}
