using System.Diagnostics.CodeAnalysis;
using Npgsql;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>
/// Runs the stores' own SQL without EF Core, by the rules of <see cref="DatabaseExecutionStrategy"/>: what a broken
/// connection interrupted is repeated, nothing takes longer than the time limit, and a database that cannot be used is a
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
    private const int MaxRepeats = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private TimeSpan LongestWait { get; } = options.Timeout + DatabaseExecutionStrategy.Grace;

    /// <summary>Runs a statement that may be repeated, and reads what it returns.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="bind">Adds its parameters.</param>
    /// <param name="read">Reads its rows.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used.</exception>
    public async Task<T> QueryAsync<T>(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        for (var repeats = 0; ; repeats++)
            try
            {
                return await QueryOnceAsync(sql, bind, read, LongestWait, null, cancellationToken);
            }
            catch (DatabaseUnavailableException exception)
                when (repeats < MaxRepeats && exception.InnerException is { } cause && faults.IsWorthRepeating(cause))
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
    }

    /// <summary>Runs a statement that returns nothing and may be repeated.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="bind">Adds its parameters.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used.</exception>
    public Task<int> ExecuteAsync(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        CancellationToken cancellationToken
    ) => QueryAsync(sql, bind, static (rows, _) => Task.FromResult(rows.RecordsAffected), cancellationToken);

    /// <summary>Runs a statement once.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="bind">Adds its parameters.</param>
    /// <param name="read">Reads its rows.</param>
    /// <param name="longest">The longest wait, where it is shorter than the time limit.</param>
    /// <param name="sent">Called before it is sent: from then on it may have been executed, whatever is thrown.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used.</exception>
    public async Task<T> QueryOnceAsync<T>(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        TimeSpan longest,
        Action? sent,
        CancellationToken cancellationToken
    )
    {
        state.ThrowIfStarting();
        try
        {
            // The driver has time limits of its own, but not for everything at once; what it works on ends by itself.
            var work = SendAsync(sql, bind, read, sent, cancellationToken);
            if (!work.IsCompleted)
                await ((Task)work)
                    .WaitAsync(longest < LongestWait ? longest : LongestWait, cancellationToken)
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

    [SuppressMessage("Security", "CA2100", Justification = "The stores' constants.")]
    private async Task<T> SendAsync<T>(
        string sql,
        Action<NpgsqlParameterCollection> bind,
        Func<NpgsqlDataReader, CancellationToken, Task<T>> read,
        Action? sent,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        bind(command.Parameters);
        sent?.Invoke();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await read(rows, cancellationToken);
    }
}
