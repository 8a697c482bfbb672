using System.Globalization;

namespace QrAi.Application.Generations;

/// <summary>
/// The position of a follower in an answer. It is valid in every process and after the end: a follower at <c>1.120</c> of a
/// complete answer receives the rest of its text.
/// </summary>
/// <param name="Run">The number of the run, from 1; 0 before the first event.</param>
/// <param name="Offset">
/// The offset in the text of the run, in UTF-16 code units; <see cref="BeforeSources"/> after the start of the run, before the
/// passages that it is given.
/// </param>
/// <param name="IsEnd">Whether the position is after the last event.</param>
public readonly record struct Position(int Run, int Offset, bool IsEnd = false)
{
    /// <summary>The ids of events, as a regular expression: <c>RUN</c>, <c>RUN.OFFSET</c> or <c>RUN.OFFSET.end</c>.</summary>
    public const string Pattern = @"^[1-9][0-9]*(\.(0|[1-9][0-9]*)(\.end)?)?$";

    /// <summary>The offset of the start of a run.</summary>
    public const int BeforeSources = -1;

    private const string End = "end";

    /// <summary>The position before the first event.</summary>
    public static Position Start => default;

    /// <summary>Reads a position from the id of an event: <c>RUN</c>, <c>RUN.OFFSET</c> or <c>RUN.OFFSET.end</c>.</summary>
    /// <param name="id">The id.</param>
    /// <param name="position">The position.</param>
    /// <returns>Whether the text is a valid id.</returns>
    public static bool TryParse(ReadOnlySpan<char> id, out Position position)
    {
        position = default;
        Span<Range> ranges = stackalloc Range[4];
        var count = id.Split(ranges, '.');
        if (count is < 1 or > 3 || !TryParseNumber(id[ranges[0]], out var run) || run == 0)
            return false;

        var offset = BeforeSources;
        if (count >= 2 && !TryParseNumber(id[ranges[1]], out offset))
            return false;
        if (count == 3 && !id[ranges[2]].SequenceEqual(End))
            return false;
        position = new Position(run, offset, count == 3);
        return true;
    }

    /// <summary>Returns the position of the start of a run.</summary>
    /// <param name="run">The number of the run.</param>
    public static Position StartOf(int run) => new(run, BeforeSources);

    /// <summary>Returns the id of the event that has this position.</summary>
    public override string ToString() =>
        Offset < 0
            ? Run.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Run}.{Offset}{(IsEnd ? "." + End : "")}");

    // Without leading zeros, so that each position has one spelling.
    private static bool TryParseNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && (text.Length == 1 || text[0] != '0');
}
