using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;

namespace QrAi.Application.Persistence;

/// <summary>Retries a unit of work that conflicts with a concurrent change.</summary>
internal static class ConflictRetry
{
    // Each conflict means that another change succeeded, so more attempts are rarely needed.
    private const int MaxAttempts = 5;

    /// <summary>Runs an action in a unit of work, a new one for each attempt.</summary>
    /// <param name="create">Creates a unit of work.</param>
    /// <param name="work">The action.</param>
    /// <exception cref="ConflictException">If every attempt has a conflict.</exception>
    public static async Task<T> RunAsync<T>(Func<IQrAiDbContext> create, Func<IQrAiDbContext, Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var database = create();
            try
            {
                return await work(database);
            }
            catch (DbUpdateConcurrencyException exception)
            {
                if (attempt == MaxAttempts)
                    throw new ConflictException(exception);
            }
        }
    }
}
