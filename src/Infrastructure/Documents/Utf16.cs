using System.Buffers;
using System.Globalization;
using System.Text;

namespace QrAi.Infrastructure.Documents;

/// <summary>Detects UTF-16 without a byte order mark.</summary>
internal static class Utf16
{
    private static readonly Encoding[] _encodings = [Encoding.Unicode, Encoding.BigEndianUnicode];

    // Text of any script has one of them, if it has a zero byte: ASCII, the ideographic space, comma or full stop.
    private static readonly SearchValues<char> _anchors = SearchValues.Create(
        "\t\n\r\u3000\u3001\u3002" + string.Concat(Enumerable.Range(' ', 95).Select(code => (char)code))
    );

    /// <summary>Returns the byte order in which a content is text; null for none.</summary>
    /// <param name="content">Bytes that have a zero, as line breaks and spaces have in UTF-16.</param>
    public static Encoding? Detect(ReadOnlySpan<byte> content)
    {
        const double Convincing = 0.9;

        if (content.Length < 2)
            return null;
        var (best, bestShare) = ((Encoding?)null, Convincing);
        foreach (var encoding in _encodings)
            if (ShareOfCommonCharacters(encoding, content) is var share && share > bestShare)
                (best, bestShare) = (encoding, share);
        return best;
    }

    // The wrong byte order turns text into rare ideographs, unassigned characters and lone surrogates.
    private static double ShareOfCommonCharacters(Encoding encoding, ReadOnlySpan<byte> content)
    {
        var text = encoding.GetString(content[..(content.Length & ~1)]);
        return text.AsSpan().ContainsAny(_anchors) ? (double)text.Count(IsCommon) / text.Length : 0;
    }

    private static bool IsCommon(char character) =>
        character
            is '\t'
                or '\n'
                or '\r'
                or '\f'
                or (>= ' ' and <= '~')
                or (>= '\u00a0' and <= '\u17ff')
                or (>= '\u1e00' and <= '\u206f')
                or (>= '\u3000' and <= '\u30ff')
                or (>= '\u4e00' and <= '\u9fff')
                or (>= '\uac00' and <= '\ud7a3')
                or (>= '\uff01' and <= '\uff9f')
        && char.GetUnicodeCategory(character) != UnicodeCategory.OtherNotAssigned;
}
