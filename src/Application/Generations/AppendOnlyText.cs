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

    /// <summary>How many UTF-16 code units it has.</summary>
    public int Length => _length;

    /// <summary>The text until now.</summary>
    public ReadOnlyMemory<char> Memory => _buffer.AsMemory(0, _length);

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
