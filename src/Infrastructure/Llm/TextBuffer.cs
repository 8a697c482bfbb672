using System.Buffers;
using System.Globalization;
using System.Text;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Collects text out of JSON, and is no stricter than it has to be: what is no UTF-8 becomes U+FFFD, and so does half of a
/// character (a surrogate), unless the other half is appended next.
/// </summary>
internal sealed class TextBuffer : IDisposable
{
    private const int InitialSize = 512;

    private char[] _chars = [];

    /// <summary>How many UTF-16 code units there are; what is beyond a lesser value is dropped.</summary>
    public int Length { get; private set; }

    /// <summary>Drops what was appended after the length was this.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>The text from a position on, until the next change.</summary>
    public ReadOnlySpan<char> From(int start) => _chars.AsSpan(start..Length);

    /// <summary>Appends a string of JSON.</summary>
    /// <param name="json">What is between its quotation marks, with valid escapes.</param>
    /// <param name="isEscaped">Whether it has any escapes.</param>
    public void Append(ReadOnlySpan<byte> json, bool isEscaped)
    {
        Reserve(json.Length); // no byte becomes more than one code unit
        while (isEscaped && json.IndexOf((byte)'\\') is >= 0 and var escape)
        {
            AppendPlain(json[..escape]);
            _chars[Length++] = Unescape(json[(escape + 1)..], out var length);
            json = json[(escape + 1 + length)..];
        }

        AppendPlain(json);
    }

    /// <summary>Whether the text before a position ends with the first half of a character.</summary>
    public bool EndsInHalf(int end) => end > 0 && char.IsHighSurrogate(_chars[end - 1]);

    /// <summary>Removes the text between two positions, and gives it.</summary>
    public string Take(int start, int end)
    {
        ReplaceHalves(_chars.AsSpan(start..end));
        var text = new string(_chars, start, end - start);
        _chars.AsSpan(end..Length).CopyTo(_chars.AsSpan(start));
        Length -= end - start;
        if (Length == 0)
            Release();
        return text;
    }

    public void Dispose() => Release();

    /// <summary>Gives the memory back until it is needed.</summary>
    private void Release()
    {
        ArrayPool<char>.Shared.Return(_chars);
        _chars = [];
    }

    private static char Unescape(ReadOnlySpan<byte> escape, out int length)
    {
        length = 1;
        switch (escape[0])
        {
            case (byte)'n':
                return '\n';
            case (byte)'t':
                return '\t';
            case (byte)'r':
                return '\r';
            case (byte)'b':
                return '\b';
            case (byte)'f':
                return '\f';
            case (byte)'u':
                length = 5;
                return (char)ushort.Parse(escape[1..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            default:
                return (char)escape[0];
        }
    }

    private static void ReplaceHalves(Span<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            var isWhole = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
            if (!isWhole)
                text[at] = '\uFFFD';
            text = text[(at + (isWhole ? 2 : 1))..];
        }
    }

    private void AppendPlain(ReadOnlySpan<byte> utf8) => Length += Encoding.UTF8.GetChars(utf8, _chars.AsSpan(Length));

    private void Reserve(int count)
    {
        if (_chars.Length - Length >= count)
            return;

        var full = _chars;
        _chars = ArrayPool<char>.Shared.Rent(Math.Max(Math.Max(full.Length * 2, InitialSize), Length + count));
        full.AsSpan(..Length).CopyTo(_chars);
        ArrayPool<char>.Shared.Return(full);
    }
}
