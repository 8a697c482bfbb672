namespace QrAi.Application.Generations;

/// <summary>
/// A text that only grows. Memory that was read stays valid while the text grows, so that readers need no copy. The caller
/// synchronises access.
/// </summary>
internal sealed class AppendOnlyText
{
    private const int MinBuffer = 256;

    private char[] _buffer = [];
    private int _length;
    private string? _whole;

    /// <summary>The length in UTF-16 code units.</summary>
    public int Length => Memory.Length;

    /// <summary>The current text. All readers of a closed text share its string.</summary>
    public ReadOnlyMemory<char> Memory => _whole is { } whole ? whole.AsMemory() : _buffer.AsMemory(0, _length);

    /// <summary>Closes the text, and converts it to one string.</summary>
    /// <param name="whole">The whole text, if the end is still missing; otherwise null.</param>
    public void Close(string? whole = null)
    {
        _whole ??= whole ?? Memory.ToString();
        _buffer = [];
    }

    /// <summary>Appends text.</summary>
    /// <param name="text">The text to append.</param>
    public void Append(ReadOnlySpan<char> text)
    {
        if (_buffer.Length - _length < text.Length)
        {
            // A new array, because readers may hold the previous one.
            var larger = new char[Math.Max(MinBuffer, Math.Max(_buffer.Length * 2, _length + text.Length))];
            _buffer.AsSpan(0, _length).CopyTo(larger);
            _buffer = larger;
        }

        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }
}
