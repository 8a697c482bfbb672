using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>What migrations need of a session, from transactions: a pooler hands sessions on after each of them.</summary>
internal static class PooledMigration
{
    /// <summary>
    /// Takes the lock in a transaction beside the migrations, which keeps a session of the server for as long as it lasts.
    /// Should it be lost, a second migrator fails rather than apply a migration twice: it is one transaction with its row of
    /// the history.
    /// </summary>
    /// <param name="connections">Where to connect.</param>
    /// <param name="key">The lock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What releases it; null where another process has it.</returns>
    public static async Task<IAsyncDisposable?> TryLockAsync(
        NpgsqlDataSource connections,
        long key,
        CancellationToken cancellationToken
    )
    {
        var held = new Lock(await connections.OpenConnectionAsync(cancellationToken));
        try
        {
            if (await held.TryTakeAsync(key, cancellationToken))
                return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }

        await held.DisposeAsync();
        return null;
    }

    private sealed class Lock(NpgsqlConnection connection) : IAsyncDisposable
    {
        private NpgsqlTransaction? _transaction;

        public async Task<bool> TryTakeAsync(long key, CancellationToken cancellationToken)
        {
            _transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
                return false;

            // It is idle for as long as the migrations take. And the statement before keeps its snapshot until the next one
            // has come, which would hold back an index made concurrently.
            command.CommandText = "SET LOCAL idle_in_transaction_session_timeout = 0";
            command.Parameters.Clear();
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }

        /// <summary>Ends the transaction first, so that the pooler can go on with its session.</summary>
        public async ValueTask DisposeAsync()
        {
            await using var owned = connection;
            if (_transaction is not null)
                await _transaction.DisposeAsync();
        }
    }

    /// <summary>The limit that otherwise is the session's.</summary>
    public sealed class LockTimeout : DbTransactionInterceptor
    {
        private const string Limit = $"SET LOCAL lock_timeout = '{PostgresConnection.LongestLock}'";

        public override async ValueTask<DbTransaction> TransactionStartedAsync(
            DbConnection connection,
            TransactionEndEventData eventData,
            DbTransaction result,
            CancellationToken cancellationToken = default
        )
        {
            await using var command = connection.CreateCommand();
            command.Transaction = result;
            command.CommandText = Limit;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return result;
        }
    }
}
