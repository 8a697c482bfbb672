using System.Buffers;
using System.Globalization;
using System.Text;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Collects the text of JSON strings, and tolerates errors: invalid UTF-8 becomes U+FFFD, and so does a lone surrogate, unless
/// the other half of its pair is appended next.
/// </summary>
internal sealed class TextBuffer : IDisposable
{
    private const int InitialSize = 512;

    private char[] _chars = [];

    /// <summary>The number of UTF-16 code units.</summary>
    public int Length { get; private set; }

    /// <summary>Drops the text beyond a length.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Returns the text from a position on, valid until the next change.</summary>
    public ReadOnlySpan<char> From(int start) => _chars.AsSpan(start..Length);

    /// <summary>Appends a JSON string.</summary>
    /// <param name="json">The string without its quotation marks, with valid escapes.</param>
    /// <param name="isEscaped">Whether the string has escapes.</param>
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

    /// <summary>Whether the text before a position ends with a high surrogate.</summary>
    public bool EndsWithHighSurrogate(int end) => end > 0 && char.IsHighSurrogate(_chars[end - 1]);

    /// <summary>Removes the text between two positions, and returns it.</summary>
    public string Take(int start, int end)
    {
        ReplaceLoneSurrogates(_chars.AsSpan(start..end));
        var text = new string(_chars, start, end - start);
        _chars.AsSpan(end..Length).CopyTo(_chars.AsSpan(start));
        Length -= end - start;
        if (Length == 0)
            Release();
        return text;
    }

    public void Dispose() => Release();

    /// <summary>Returns the memory to the pool until it is needed.</summary>
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

    private static void ReplaceLoneSurrogates(Span<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            var isPair = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
            if (!isPair)
                text[at] = '\uFFFD';
            text = text[(at + (isPair ? 2 : 1))..];
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
