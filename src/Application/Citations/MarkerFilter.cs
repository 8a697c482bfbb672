using System.Buffers;
using System.Text;

namespace QrAi.Application.Citations;

/// <summary>
/// Checks the markers of an answer while it streams: <c>[1]</c> refers to the first passage that the answer was given. Other
/// notations that models use (<c>[1, 2]</c>, <c>【1】</c>) are converted, and markers of no passage are removed. Code is not
/// changed. Text that may be the start of a marker or of code is held back until that is known.
/// </summary>
/// <param name="passages">The number of passages, 0 or more.</param>
internal sealed class MarkerFilter(int passages)
{
    /// <summary>The maximum length of code within a line; a backtick without another one this near is text.</summary>
    private const int MaxInlineCode = 256;

    private const int MaxSpaces = 64;
    private const int MinFence = 3;

    private static readonly SearchValues<char> Special = SearchValues.Create("`~[【［ \n");
    private static readonly SearchValues<char> Starts = SearchValues.Create("`~[【［");

    private readonly StringBuilder _output = new();
    private readonly List<Marker> _markers = [];
    private readonly List<int> _numbers = [];
    private string _held = "";

    /// <summary>The length of the text that was returned before.</summary>
    private int _returned;

    /// <summary>The character of the code block that the text is in; null outside.</summary>
    private char? _fence;
    private int _fenceLength;

    /// <summary>Whether the line has only white space so far.</summary>
    private bool _isLineStart = true;

    /// <summary>The markers in the returned text, in its order.</summary>
    public IReadOnlyList<Marker> Markers => _markers;

    /// <summary>Returns a whole text with checked markers.</summary>
    /// <param name="text">The text.</param>
    public string Check(string text) => Append(text) + Flush();

    /// <summary>Returns the text that can be sent after more text has arrived.</summary>
    /// <param name="text">The text that has arrived.</param>
    public string Append(string text)
    {
        if (_held.Length > 0 || text.EndsWith(' ') || text.AsSpan().ContainsAny(Starts))
            return Process(_held + text, isLast: false);
        UpdateLine(text);
        _returned += text.Length;
        return text;
    }

    /// <summary>Returns the rest at the end of the text.</summary>
    public string Flush() => _held.Length == 0 ? "" : Process(_held, isLast: true);

    private string Process(string text, bool isLast)
    {
        _output.Clear();
        var position = 0;
        while (position < text.Length)
        {
            var length = Next(text.AsSpan(position), isLast);
            if (length == 0)
                break;
            position += length;
        }

        _held = text[position..];
        _returned += _output.Length;
        return _output.ToString();
    }

    /// <summary>Writes what the text begins with.</summary>
    /// <returns>The length of what is written or removed; 0 if more text is needed to decide.</returns>
    private int Next(ReadOnlySpan<char> text, bool isLast) =>
        text[0] switch
        {
            '`' or '~' when _isLineStart => Fence(text, isLast),
            _ when _fence is not null => Plain(text),
            '`' => InlineCode(text, isLast),
            ' ' => Spaces(text, isLast),
            '[' or '【' or '［' => MarkerAfter(text, 0, isLast),
            _ => Plain(text),
        };

    private int Plain(ReadOnlySpan<char> text)
    {
        var length = text[0] == '\n' ? 1 : text[1..].IndexOfAny(Special) + 1;
        return Write(text[..(length > 0 ? length : text.Length)]);
    }

    private int Fence(ReadOnlySpan<char> text, bool isLast)
    {
        var run = text[..RunLength(text)];
        if (run.Length == text.Length && !isLast)
            return 0;
        if (_fence is null && run.Length >= MinFence)
            (_fence, _fenceLength) = (run[0], run.Length);
        else if (_fence is null && run[0] == '`')
            return InlineCode(text, isLast);
        else if (
            _fence == run[0]
            && run.Length >= _fenceLength
            && (run.Length == text.Length || char.IsWhiteSpace(text[run.Length]))
        )
            _fence = null;
        return Write(run);
    }

    private int InlineCode(ReadOnlySpan<char> text, bool isLast)
    {
        var run = RunLength(text);
        var position = run;
        while (position < text.Length && position <= MaxInlineCode && text[position] != '\n')
        {
            if (text[position] != '`')
            {
                position++;
                continue;
            }

            var closing = RunLength(text[position..]);
            if (position + closing == text.Length && !isLast)
                return 0;
            position += closing;
            if (closing == run)
                return Write(text[..position]);
        }

        return position >= text.Length && !isLast ? 0 : Write(text[..run]);
    }

    private int Spaces(ReadOnlySpan<char> text, bool isLast)
    {
        var length = RunLength(text);
        if (length == text.Length && length < MaxSpaces && !isLast)
            return 0;
        // A marker that is removed takes the spaces before it along.
        return length < text.Length && text[length] is '[' or '【' or '［'
            ? MarkerAfter(text, length, isLast)
            : Write(text[..length]);
    }

    private int MarkerAfter(ReadOnlySpan<char> text, int start, bool isLast)
    {
        _numbers.Clear();
        var end = MarkerParser.Parse(text[start..], isLast, _numbers);
        if (end == MarkerParser.NeedsMore)
            return 0;
        if (end == MarkerParser.NoMarker)
            return Write(text[..(start + 1)]);

        var cited = _numbers.Where(number => number >= 1 && number <= passages).ToList();
        if (cited.Count > 0)
            Write(text[..start]);
        foreach (var number in cited)
        {
            var at = _returned + _output.Length;
            _output.Append('[').Append(number).Append(']');
            _markers.Add(new Marker(number, at, _returned + _output.Length));
            _isLineStart = false;
        }

        return start + end;
    }

    private int Write(ReadOnlySpan<char> text)
    {
        _output.Append(text);
        UpdateLine(text);
        return text.Length;
    }

    private void UpdateLine(ReadOnlySpan<char> text)
    {
        var line = text.LastIndexOf('\n') + 1;
        _isLineStart = (line > 0 || _isLineStart) && text[line..].IsWhiteSpace();
    }

    private static int RunLength(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(text[0]);
        return length < 0 ? text.Length : length;
    }
}

/// <summary>A marker in a text.</summary>
/// <param name="Number">The number of the passage, from 1.</param>
/// <param name="Start">Where it begins, in UTF-16 code units.</param>
/// <param name="End">Where it ends.</param>
public readonly record struct Marker(int Number, int Start, int End);
