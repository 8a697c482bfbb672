namespace QrAi.Application.Generations;

/// <summary>
/// A text that only grows. What was read of it stays valid while it grows, so that readers need no copy. Whoever appends
/// and whoever reads do so under one lock.
/// </summary>
internal sealed class AppendOnlyText
{
    private const int SmallestBuffer = 256;

    private char[] _buffer = [];
    private int _length;
    private string? _whole;

    /// <summary>How many UTF-16 code units it has.</summary>
    public int Length => Memory.Length;

    /// <summary>The text until now. Of one that is whole it is the string itself, which all who read it share.</summary>
    public ReadOnlyMemory<char> Memory => _whole is { } whole ? whole.AsMemory() : _buffer.AsMemory(0, _length);

    /// <summary>Nothing more comes: the text is kept as one string.</summary>
    /// <param name="whole">The text until now and what is still missing; null if nothing is.</param>
    public void Close(string? whole = null)
    {
        _whole ??= whole ?? Memory.ToString();
        _buffer = [];
    }

    /// <summary>Adds to its end.</summary>
    /// <param name="text">What is added.</param>
    public void Append(ReadOnlySpan<char> text)
    {
        if (_buffer.Length - _length < text.Length)
        {
            // A new array, as readers may hold the one before.
            var larger = new char[Math.Max(SmallestBuffer, Math.Max(_buffer.Length * 2, _length + text.Length))];
            _buffer.AsSpan(0, _length).CopyTo(larger);
            _buffer = larger;
        }

        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }
}
