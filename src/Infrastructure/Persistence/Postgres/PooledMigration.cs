using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>The lock and the lock timeout of migrations behind a pooler, which may change the session after each transaction.</summary>
internal static class PooledMigration
{
    /// <summary>
    /// Acquires the lock in a separate transaction, which holds a session of the server until it ends. If it is lost, a second
    /// migrator fails instead of applying a migration twice, as a migration and its row of the history are one transaction.
    /// </summary>
    /// <param name="connections">The data source.</param>
    /// <param name="key">The key of the advisory lock.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>A handle that releases the lock; null if another process holds it.</returns>
    public static async Task<IAsyncDisposable?> TryLockAsync(
        NpgsqlDataSource connections,
        long key,
        CancellationToken cancellationToken
    )
    {
        var handle = new Lock(await connections.OpenConnectionAsync(cancellationToken));
        try
        {
            if (await handle.TryAcquireAsync(key, cancellationToken))
                return handle;
        }
        catch
        {
            await handle.DisposeAsync();
            throw;
        }

        await handle.DisposeAsync();
        return null;
    }

    private sealed class Lock(NpgsqlConnection connection) : IAsyncDisposable
    {
        private NpgsqlTransaction? _transaction;

        public async Task<bool> TryAcquireAsync(long key, CancellationToken cancellationToken)
        {
            _transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key });
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
                return false;

            // The transaction is idle during the migrations. This statement also releases the snapshot of the previous one, which
            // would delay the concurrent creation of an index.
            command.CommandText = "SET LOCAL idle_in_transaction_session_timeout = 0";
            command.Parameters.Clear();
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }

        /// <summary>Ends the transaction before the connection, so that the pooler can reuse its session.</summary>
        public async ValueTask DisposeAsync()
        {
            await using var owned = connection;
            if (_transaction is not null)
                await _transaction.DisposeAsync();
        }
    }

    /// <summary>Sets the lock timeout for each transaction, as session settings are not preserved.</summary>
    public sealed class LockTimeout : DbTransactionInterceptor
    {
        private const string Limit = $"SET LOCAL lock_timeout = '{PostgresConnection.LockTimeout}'";

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
