using System.IO.Compression;
using System.Text;

namespace QrAi.Tests.Unit.Support.Documents;

/// <summary>Builds Word documents in memory.</summary>
internal static class WordFile
{
    private const string Namespaces =
        "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
        + "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" "
        + "xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\" "
        + "xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" "
        + "xmlns:v=\"urn:schemas-microsoft-com:vml\"";

    private const string Package = "http://schemas.openxmlformats.org/package/2006";

    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private const string WordType = "application/vnd.openxmlformats-officedocument.wordprocessingml";

    /// <summary>A document with the XML of its body, its styles and its notes.</summary>
    public static byte[] Of(
        string body,
        string styles = "",
        string footnotes = "",
        string endnotes = "",
        string title = "",
        string relationships = "",
        CompressionLevel level = CompressionLevel.NoCompression
    ) =>
        Archive(
            level,
            (
                "[Content_Types].xml",
                $"""
                <Types xmlns="{Package}/content-types">
                <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                <Default Extension="xml" ContentType="application/xml"/>
                <Override PartName="/word/document.xml" ContentType="{WordType}.document.main+xml"/>
                <Override PartName="/word/styles.xml" ContentType="{WordType}.styles+xml"/>
                <Override PartName="/word/footnotes.xml" ContentType="{WordType}.footnotes+xml"/>
                <Override PartName="/word/endnotes.xml" ContentType="{WordType}.endnotes+xml"/>
                <Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>
                </Types>
                """
            ),
            (
                "_rels/.rels",
                $"""
                <Relationships xmlns="{Package}/relationships">
                <Relationship Id="r1" Type="{Office}/officeDocument" Target="word/document.xml"/>
                <Relationship Id="r2" Type="{Package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>
                </Relationships>
                """
            ),
            (
                "word/_rels/document.xml.rels",
                $"""
                <Relationships xmlns="{Package}/relationships">
                <Relationship Id="r1" Type="{Office}/styles" Target="styles.xml"/>
                <Relationship Id="r2" Type="{Office}/footnotes" Target="footnotes.xml"/>
                <Relationship Id="r3" Type="{Office}/endnotes" Target="endnotes.xml"/>
                {relationships}
                </Relationships>
                """
            ),
            ("word/document.xml", $"<w:document {Namespaces}><w:body>{body}</w:body></w:document>"),
            ("word/styles.xml", $"<w:styles {Namespaces}>{styles}</w:styles>"),
            ("word/footnotes.xml", $"<w:footnotes {Namespaces}>{footnotes}</w:footnotes>"),
            ("word/endnotes.xml", $"<w:endnotes {Namespaces}>{endnotes}</w:endnotes>"),
            (
                "docProps/core.xml",
                $"""
                <cp:coreProperties xmlns:cp="{Package}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">
                <dc:title>{title}</dc:title></cp:coreProperties>
                """
            )
        );

    /// <summary>The same document in the strict form of the standard, whose namespaces are others.</summary>
    public static byte[] Strict(byte[] document)
    {
        using var archive = new ZipArchive(new MemoryStream(document));
        return Archive([
            .. archive.Entries.Select(part =>
            {
                using var reader = new StreamReader(part.Open());
                var content = reader
                    .ReadToEnd()
                    .Replace(
                        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                        "http://purl.oclc.org/ooxml/wordprocessingml/main"
                    )
                    .Replace(Office, "http://purl.oclc.org/ooxml/officeDocument/relationships");
                return (part.FullName, content);
            }),
        ]);
    }

    /// <summary>A paragraph with the XML of its properties.</summary>
    public static string Paragraph(string text, string properties = "") =>
        $"<w:p><w:pPr>{properties}</w:pPr>{Run(text)}</w:p>";

    /// <summary>A run with the XML of its properties.</summary>
    public static string Run(string text, string properties = "") =>
        $"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>";

    /// <summary>A row of cells with one paragraph each.</summary>
    public static string Row(params string[] cells) =>
        $"<w:tr>{string.Concat(cells.Select(cell => Cell(cell)))}</w:tr>";

    /// <summary>A cell with the XML of its properties.</summary>
    public static string Cell(string text, string properties = "") =>
        $"<w:tc><w:tcPr>{properties}</w:tcPr>{Paragraph(text)}</w:tc>";

    /// <summary>A zip archive. Its parts are not compressed, so that flipped bits are those of their content.</summary>
    public static byte[] Archive(params (string Name, string Content)[] parts) =>
        Archive(CompressionLevel.NoCompression, parts);

    /// <summary>A zip archive.</summary>
    public static byte[] Archive(CompressionLevel level, params (string Name, string Content)[] parts)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
            foreach (var (name, content) in parts)
            {
                using var part = archive.CreateEntry(name, level).Open();
                part.Write(Encoding.UTF8.GetBytes(content));
            }

        return file.ToArray();
    }

    /// <summary>The beginning of an encrypted document: the header of a compound file and an entry of its directory.</summary>
    public static byte[] Encrypted() =>
        [
            .. new byte[] { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 },
            .. new byte[504],
            .. Encoding.Unicode.GetBytes("EncryptedPackage"),
            .. new byte[480],
        ];
}
