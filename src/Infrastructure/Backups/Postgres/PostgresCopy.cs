using Npgsql;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>A backup that was restored into a scratch database.</summary>
internal sealed class PostgresCopy(PostgresServer server, PostgresScratch scratch) : IRestoredCopy
{
    /// <summary>Restores a dump into the scratch database.</summary>
    /// <exception cref="BackupDamagedException">If the dump cannot be restored.</exception>
    public async Task FillAsync(PostgresTool tool, string dump, CancellationToken cancellationToken)
    {
        try
        {
            await tool.RunAsync(
                ["--verbose", "--exit-on-error", "--no-owner", "--no-password", $"--dbname={scratch.Name}", dump],
                server.Address with
                {
                    Database = scratch.Name,
                },
                null,
                cancellationToken
            );
        }
        catch (ToolFailedException exception) when (!exception.WasKilled)
        {
            throw new BackupDamagedException($"The dump cannot be restored. {exception.Message}", exception);
        }
    }

    public async Task<DatabaseContents> ReadContentsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(scratch.Name, checkSequences: true, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresServer.Failed("The restored database could not be read", exception);
        }
    }

    public async Task<string?> TakeOverAsync(DatabaseContents expected, CancellationToken cancellationToken)
    {
        var former = PostgresFormer.Prefix + scratch.Suffix;
        try
        {
            await PostgresSwap.RunAsync(server, scratch.Maintenance, scratch.Name, former, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresServer.Failed($"{server.Address} could not be replaced and is unchanged", exception);
        }

        scratch.Keep();
        // The databases are swapped: a cancellation now would only skip the comparison.
        return await DropUnlessChangedAsync(former, expected);
    }

    public ValueTask DisposeAsync() => scratch.DisposeAsync();

    private async Task<string?> DropUnlessChangedAsync(string former, DatabaseContents expected)
    {
        try
        {
            var contents = await ReadAsync(former, checkSequences: false, CancellationToken.None);
            // Heartbeats of a running service are not data to retain.
            if (expected.Without(WorkerRow.Table).FirstDifferenceTo(contents.Without(WorkerRow.Table)) is not null)
                return former;
            await PostgresServer.DropAsync(scratch.Maintenance, former, CancellationToken.None);
            return null;
        }
        catch (Exception exception) when (exception is NpgsqlException or BackupFailedException)
        {
            return former; // it still exists, and its name is reported
        }
    }

    private async Task<DatabaseContents> ReadAsync(
        string database,
        bool checkSequences,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await server.OpenAsync(database, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead,
            cancellationToken
        );
        await PostgresContents.PinAsync(connection, cancellationToken);
        if (checkSequences)
            await PostgresContents.CheckSequencesAsync(connection, cancellationToken);
        return await PostgresContents.ReadAsync(connection, cancellationToken);
    }
}
