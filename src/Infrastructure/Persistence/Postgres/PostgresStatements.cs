using System.Diagnostics.CodeAnalysis;
using Npgsql;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>
/// Executes the stores' own SQL without EF Core, by the rules of <see cref="DatabaseExecutionStrategy"/>: what a broken
/// connection interrupted is retried, the time limit is enforced, and an unavailable database is a
/// <see cref="DatabaseUnavailableException"/>.
/// </summary>
internal sealed class PostgresStatements(
    NpgsqlDataSource database,
    PostgresFaults faults,
    DatabaseState state,
    DatabaseOptions options,
    TimeProvider clock
)
{
    private const int MaxRetries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private TimeSpan MaxWait { get; } = options.Timeout + DatabaseExecutionStrategy.Grace;

    /// <summary>Executes an idempotent statement, and reads its rows.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="bind">Adds its parameters.</param>
    /// <param name="read">Reads its rows.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="DatabaseUnavailableException">If the database is unavailable.</exception>
    public async Task<T> QueryAsync<T>(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        for (var retries = 0; ; retries++)
            try
            {
                return await QueryOnceAsync(sql, bind, read, MaxWait, null, cancellationToken);
            }
            catch (DatabaseUnavailableException exception)
                when (retries < MaxRetries && exception.InnerException is { } cause && faults.IsRetryable(cause))
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
    }

    /// <summary>Executes an idempotent statement that returns no rows.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="bind">Adds its parameters.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The number of affected rows.</returns>
    /// <exception cref="DatabaseUnavailableException">If the database is unavailable.</exception>
    public Task<int> ExecuteAsync(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        CancellationToken cancellationToken
    ) => QueryAsync(sql, bind, static (rows, _) => Task.FromResult(rows.RecordsAffected), cancellationToken);

    /// <summary>Executes a statement without retries.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="bind">Adds its parameters.</param>
    /// <param name="read">Reads its rows.</param>
    /// <param name="limit">The maximum wait, if it is shorter than the time limit.</param>
    /// <param name="onSending">Called before sending: from then on the statement may have been executed, even if this throws.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="DatabaseUnavailableException">If the database is unavailable.</exception>
    public async Task<T> QueryOnceAsync<T>(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        TimeSpan limit,
        Action? onSending,
        CancellationToken cancellationToken
    )
    {
        state.ThrowIfStarting();
        try
        {
            // The driver's time limits do not cover the whole operation. An abandoned operation ends by those limits.
            var work = SendAsync(sql, bind, read, onSending, cancellationToken);
            if (!work.IsCompleted)
                await ((Task)work)
                    .WaitAsync(limit < MaxWait ? limit : MaxWait, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            return work.IsCompleted
                ? await work
                : throw new DatabaseUnavailableException("The database did not answer in time.");
        }
        catch (Exception exception) when (faults.IsUnavailability(exception))
        {
            throw faults.Translate(exception);
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "The stores pass constants.")]
    private async Task<T> SendAsync<T>(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        Action? onSending,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        bind(command.Parameters);
        onSending?.Invoke();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await read(rows, cancellationToken);
    }
}
