using QrAi.Application.Generations;
using QrAi.Application.Questions;

namespace QrAi.Tests.Unit.Support.Generations;

/// <summary>Reads what followers are told.</summary>
internal static class Followers
{
    /// <summary>The answer to a question.</summary>
    public static Guid AnswerId(this AskedQuestion asked) => asked.Answer.Generation.Identity.Id;

    /// <summary>Tells everything up to the end.</summary>
    public static async Task<WrittenLines> ReadAsync(
        this Follower follower,
        CancellationToken cancellationToken = default
    )
    {
        var told = new WrittenLines();
        await follower.ReadAsync(told, cancellationToken);
        return told;
    }

    /// <inheritdoc cref="ReadAsync(Follower, CancellationToken)"/>
    public static async Task ReadAsync(
        this Follower follower,
        WrittenLines told,
        CancellationToken cancellationToken = default
    )
    {
        while (!follower.IsOver)
            if (!follower.Write(told) && !follower.IsOver)
                await follower.WaitAsync(cancellationToken);
    }

    /// <summary>Tells what there is now.</summary>
    public static string[] ReadNow(this Follower follower)
    {
        var told = new WrittenLines();
        while (follower.Write(told)) { }
        return told.Lines;
    }
}
