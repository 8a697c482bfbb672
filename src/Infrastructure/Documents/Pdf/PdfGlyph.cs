namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>A glyph on a page, in the coordinates of its writing direction: lines run to the right, and follow downwards.</summary>
/// <param name="Text">Its text, mostly one character.</param>
/// <param name="Left">Where it begins.</param>
/// <param name="Right">Where it ends.</param>
/// <param name="Baseline">The baseline of its line.</param>
/// <param name="Size">The size of its font.</param>
internal readonly record struct PdfGlyph(string Text, double Left, double Right, double Baseline, double Size);

/// <summary>The direction in which the lines of a text run.</summary>
internal enum PdfDirection
{
    /// <summary>From left to right.</summary>
    Horizontal,

    /// <summary>From top to bottom with upright characters, the lines from right to left, as in Japanese.</summary>
    Vertical,

    /// <summary>From bottom to top.</summary>
    Upwards,

    /// <summary>From right to left, upside down.</summary>
    UpsideDown,

    /// <summary>From top to bottom, rotated.</summary>
    Downwards,
}

/// <summary>The glyphs of a page.</summary>
/// <param name="Bottom">The lower edge of the page.</param>
/// <param name="Top">The upper edge.</param>
/// <param name="Glyphs">The glyphs by their direction, in the order of the file.</param>
internal sealed record PdfPageGlyphs(
    double Bottom,
    double Top,
    IReadOnlyDictionary<PdfDirection, List<PdfGlyph>> Glyphs
);
