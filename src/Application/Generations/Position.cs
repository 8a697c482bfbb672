using System.Globalization;

namespace QrAi.Application.Generations;

/// <summary>
/// How much of an answer a follower has. It means the same in every process and after the end: who has <c>1.120</c> of a
/// complete answer gets the rest of its text.
/// </summary>
/// <param name="Run">The run that the follower has text of, from 1; 0 if it has nothing.</param>
/// <param name="Offset">How many UTF-16 code units of the run's text it has.</param>
/// <param name="IsEnd">Whether it has the last event too.</param>
public readonly record struct Position(int Run, int Offset, bool IsEnd = false)
{
    private const string End = "end";

    /// <summary>The follower has nothing.</summary>
    public static Position Start => default;

    /// <summary>Reads a position from the id of an event: <c>RUN</c>, <c>RUN.OFFSET</c> or <c>RUN.OFFSET.end</c>.</summary>
    /// <param name="id">The id.</param>
    /// <param name="position">The position.</param>
    /// <returns>Whether it is the id of an event.</returns>
    public static bool TryParse(ReadOnlySpan<char> id, out Position position)
    {
        position = default;
        Span<Range> ranges = stackalloc Range[4];
        var count = id.Split(ranges, '.');
        if (count is < 1 or > 3 || !TryParseNumber(id[ranges[0]], out var run) || run == 0)
            return false;

        var offset = 0;
        if (count >= 2 && !TryParseNumber(id[ranges[1]], out offset))
            return false;
        if (count == 3 && !id[ranges[2]].SequenceEqual(End))
            return false;
        position = new Position(run, offset, count == 3);
        return true;
    }

    /// <summary>The id of the event that brings a follower to this position with text, or with the end.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Run}.{Offset}{(IsEnd ? "." + End : "")}");

    // Each position has one spelling.
    private static bool TryParseNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && (text.Length == 1 || text[0] != '0');
}
