using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Executes the stores' own SQL on connections of pooled contexts. An unavailable database is a
/// <see cref="DatabaseUnavailableException"/>.
/// </summary>
internal sealed class SqliteStatements(
    IDbContextFactory<SqliteDbContext> pool,
    SqliteFile file,
    SqliteFaults faults,
    DatabaseState state,
    DatabaseOptions options
)
{
    /// <summary>SQLite's current time in the format of the model: ticks, with a precision of a millisecond.</summary>
    public const string Now = "(621355968000000000 + CAST(unixepoch('subsec') * 1000 AS INTEGER) * 10000)";

    /// <summary>Executes a query.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="read">Reads its rows.</param>
    /// <param name="parameters">Its parameters.</param>
    public Task<T> QueryAsync<T>(
        string sql,
        Func<SqliteDataReader, Task<T>> read,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        var bound = parameters.ToArray();
        return RunAsync(async connection =>
        {
            await using var command = Create(connection, null, sql, bound);
            await using var rows = await command.ExecuteReaderAsync();
            return await read(rows);
        });
    }

    /// <summary>Writes in one transaction, under the write lock.</summary>
    /// <param name="write">The statements; the transaction is committed if it returns.</param>
    /// <param name="mayCommit">Decides immediately before the commit whether to commit; null to always commit.</param>
    public async Task<T> WriteAsync<T>(Func<SqliteTransactionScope, Task<T>> write, Func<bool>? mayCommit = null)
    {
        var work = file.WriteAsync(
            () =>
                RunAsync(async connection =>
                {
                    await using var transaction = connection.BeginTransaction(deferred: false);
                    var result = await write(new SqliteTransactionScope(connection, transaction));
                    if (mayCommit?.Invoke() == false)
                        throw new DatabaseUnavailableException("The database did not answer in time.");
                    await transaction.CommitAsync();
                    return result;
                }),
            CancellationToken.None
        );
        if (!work.IsCompleted)
            await ((Task)work)
                .WaitAsync(options.Timeout + DatabaseExecutionStrategy.Grace)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return work.IsCompleted
            ? await work
            : throw new DatabaseUnavailableException("The database did not answer in time.");
    }

    [SuppressMessage("Security", "CA2100", Justification = "The stores pass constants.")]
    internal static SqliteCommand Create(
        SqliteConnection connection,
        SqliteTransaction? transaction,
        string sql,
        ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private async Task<T> RunAsync<T>(Func<SqliteConnection, Task<T>> work)
    {
        state.ThrowIfStarting();
        try
        {
            await using var context = await pool.CreateDbContextAsync();
            await context.Database.OpenConnectionAsync();
            return await work((SqliteConnection)context.Database.GetDbConnection());
        }
        catch (Exception exception) when (faults.IsUnavailability(exception))
        {
            throw faults.Translate(exception);
        }
    }
}

/// <summary>An open transaction.</summary>
/// <param name="connection">Its connection.</param>
/// <param name="transaction">The transaction.</param>
internal readonly struct SqliteTransactionScope(SqliteConnection connection, SqliteTransaction transaction)
{
    /// <summary>Executes a statement that returns no rows.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <returns>The number of affected rows.</returns>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = SqliteStatements.Create(connection, transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Executes a query, and reads all rows.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="parameters">Its parameters.</param>
    public List<T> Query<T>(
        string sql,
        Func<SqliteDataReader, T> read,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        using var command = SqliteStatements.Create(connection, transaction, sql, parameters);
        using var rows = command.ExecuteReader();
        var result = new List<T>();
        while (rows.Read())
            result.Add(read(rows));
        return result;
    }
}
