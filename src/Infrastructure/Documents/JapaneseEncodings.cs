using System.Text;

namespace QrAi.Infrastructure.Documents;

/// <summary>Distinguishes the encodings of Japanese text that precede Unicode.</summary>
internal static class JapaneseEncodings
{
    private const int ShiftJisCodePage = 932;

    private const int EucJpCodePage = 51932;

    private const int Iso2022JpCodePage = 50220;

    /// <summary>ISO-2022-JP, which switches between its character sets by escape sequences.</summary>
    public static Encoding Iso2022Jp => Encoding.GetEncoding(Iso2022JpCodePage);

    /// <summary>Whether a text of ASCII characters has the escape sequence of a Japanese character set.</summary>
    /// <param name="content">The bytes.</param>
    public static bool IsIso2022Jp(ReadOnlySpan<byte> content) =>
        (content.IndexOf("\e$B"u8) >= 0 || content.IndexOf("\e$@"u8) >= 0)
        && !content.ContainsAnyInRange((byte)0x80, (byte)0xff);

    /// <summary>Returns the encoding in which a content is Japanese; null for none.</summary>
    /// <param name="content">Bytes that are not UTF-8.</param>
    /// <param name="isCertain">Whether it has kana. Without them it may be Chinese or Korean.</param>
    public static Encoding? Detect(ReadOnlySpan<byte> content, out bool isCertain)
    {
        const double Convincing = 0.5;

        var shiftJis = Score(content, ShiftJisCodePage, out var shiftJisHasKana);
        var eucJp = Score(content, EucJpCodePage, out var eucJpHasKana);
        isCertain = eucJp > shiftJis ? eucJpHasKana : shiftJisHasKana;
        return Math.Max(shiftJis, eucJp) < Convincing
            ? null
            : Encoding.GetEncoding(eucJp > shiftJis ? EucJpCodePage : ShiftJisCodePage);
    }

    // The wrong encoding turns text into invalid bytes, half-width kana and rare ideographs.
    private static double Score(ReadOnlySpan<byte> content, int codePage, out bool hasKana)
    {
        const double ToleratedInvalid = 0.02; // a truncated or damaged character

        var text = Encoding
            .GetEncoding(codePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\ufffd"))
            .GetString(content);
        hasKana = text.AsSpan().ContainsAnyInRange('\u3041', '\u30fa');
        var (all, common, invalid) = (0, 0.0, 0);
        foreach (var character in text)
        {
            if (character < '\u0080')
                continue;
            all++;
            if (character == '\ufffd')
                invalid++;
            else
                common += Weight(character);
        }

        return invalid > 1 && invalid > all * ToleratedInvalid ? 0 : (common - invalid) / Math.Max(all, 1);
    }

    private static double Weight(char character) =>
        character switch
        {
            >= '\u3000' and <= '\u30ff' => 1, // punctuation, hiragana, katakana
            >= '\uff01' and <= '\uff5e' => 1, // full-width Latin
            >= '\uff61' and <= '\uff9f' => 0.3, // half-width kana
            >= '\u4e00' and <= '\u9fff' => IsJisLevel1(character) ? 1 : 0.2,
            _ => 0.2,
        };

    /// <summary>Whether an ideograph is one of the 2,965 common ones, which precede all others in JIS X 0208.</summary>
    private static bool IsJisLevel1(char character)
    {
        const byte LastRow = 0xcf; // of level 1, in EUC-JP

        Span<byte> bytes = stackalloc byte[4];
        return Encoding.GetEncoding(EucJpCodePage).TryGetBytes([character], bytes, out var length)
            && length == 2
            && bytes[0] <= LastRow;
    }
}
