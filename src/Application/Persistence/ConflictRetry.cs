using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;

namespace QrAi.Application.Persistence;

/// <summary>Repeats a change that somebody else's change of the same session came before.</summary>
internal static class ConflictRetry
{
    // Each round means that another change went through; more rounds than this are no coincidence.
    private const int MaxRounds = 5;

    /// <summary>Runs a unit of work, each round over a new one.</summary>
    /// <param name="create">Makes one.</param>
    /// <param name="work">What to do in it.</param>
    /// <exception cref="ConflictException">Every round had a conflict.</exception>
    public static async Task<T> RunAsync<T>(Func<IQrAiDbContext> create, Func<IQrAiDbContext, Task<T>> work)
    {
        for (var round = 1; ; round++)
        {
            await using var database = create();
            try
            {
                return await work(database);
            }
            catch (DbUpdateConcurrencyException exception)
            {
                // Somebody was faster: look again at what there is now.
                if (round == MaxRounds)
                    throw new ConflictException(exception);
            }
        }
    }
}
