using QrAi.Application.Generations;
using QrAi.Application.Questions;

namespace QrAi.Tests.Unit.Support.Generations;

/// <summary>Reads from followers.</summary>
internal static class Followers
{
    /// <summary>Returns the id of the answer to a question.</summary>
    public static Guid AnswerId(this AskedQuestion asked) => asked.Answer.Generation.Identity.Id;

    /// <summary>Reads up to the end.</summary>
    public static async Task<WrittenLines> ReadAsync(
        this Follower follower,
        CancellationToken cancellationToken = default
    )
    {
        var written = new WrittenLines();
        await follower.ReadAsync(written, cancellationToken);
        return written;
    }

    /// <inheritdoc cref="ReadAsync(Follower, CancellationToken)"/>
    public static async Task ReadAsync(
        this Follower follower,
        WrittenLines written,
        CancellationToken cancellationToken = default
    )
    {
        while (!follower.IsOver)
            if (!follower.Write(written) && !follower.IsOver)
                await follower.WaitAsync(cancellationToken);
    }

    /// <summary>Reads what is available now.</summary>
    public static string[] ReadNow(this Follower follower)
    {
        var written = new WrittenLines();
        while (follower.Write(written)) { }
        return written.Lines;
    }
}
