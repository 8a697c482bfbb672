using Npgsql;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>Backs up a PostgreSQL database with <c>pg_dump</c> and <c>pg_restore</c>.</summary>
internal sealed class PostgresBackup(PostgresAddress address, DatabaseOptions options) : IBackupDatabase
{
    private readonly PostgresServer _server = new(address, options);

    public BackupFormat Format => BackupFormat.Postgresql;

    public string Description => address.ToString();

    public async Task<DumpedDatabase> DumpAsync(Stream destination, CancellationToken cancellationToken)
    {
        await using var connection = await _server.OpenAsync(address.Database, cancellationToken);
        var tool = await PostgresToolLocator.FindAsync(
            "pg_dump",
            connection.PostgreSqlVersion.Major,
            cancellationToken
        );
        try
        {
            // The dump and the manifest use the same snapshot, which is valid during this transaction.
            await using var transaction = await connection.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead,
                cancellationToken
            );
            await PostgresContents.PinAsync(connection, cancellationToken);
            var snapshot = await PostgresContents.TextAsync(
                connection,
                "SELECT pg_export_snapshot()",
                cancellationToken
            );
            var contents = await DumpAndReadAsync(tool, snapshot!, connection, destination, cancellationToken);
            return new DumpedDatabase($"pg_dump {tool.Version}", connection.PostgreSqlVersion.ToString(), contents);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresServer.Failed($"{address} could not be read", exception);
        }
    }

    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _server.OpenAsync(address.Database, cancellationToken);
        try
        {
            return await PostgresContents.IsEmptyAsync(connection, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresServer.Failed($"{address} could not be read", exception);
        }
    }

    public async Task<IRestoredCopy> RestoreCopyAsync(
        string dump,
        BackupManifest manifest,
        CancellationToken cancellationToken
    )
    {
        var copy = new PostgresCopy(_server, await PostgresScratch.CreateAsync(_server, cancellationToken));
        try
        {
            // pg_restore cannot read a dump of a newer pg_dump.
            var major = PostgresToolLocator.MajorOf(manifest.ToolVersion.Split(' ')[^1]);
            var tool = await PostgresToolLocator.FindAsync("pg_restore", major, cancellationToken);
            await copy.FillAsync(tool, dump, cancellationToken);
            return copy;
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    public Task<IReadOnlyList<FormerDatabase>> ListFormerAsync(CancellationToken cancellationToken) =>
        MaintainAsync(
            maintenance => PostgresFormer.ListAsync(maintenance, address.Database, cancellationToken),
            cancellationToken
        );

    public Task<bool> DropFormerAsync(FormerDatabase former, CancellationToken cancellationToken) =>
        MaintainAsync(
            maintenance => PostgresFormer.DropAsync(maintenance, former.Name, cancellationToken),
            cancellationToken
        );

    private async Task<T> MaintainAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var maintenance = await _server.OpenMaintenanceAsync(cancellationToken);
        try
        {
            return await work(maintenance);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresServer.Failed("The server's former databases could not be maintained", exception);
        }
    }

    /// <summary>Dumps and reads concurrently; if one fails, the other is cancelled.</summary>
    private async Task<DatabaseContents> DumpAndReadAsync(
        PostgresTool tool,
        string snapshot,
        NpgsqlConnection connection,
        Stream destination,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var dumping = tool.RunAsync(
            // The lowest compression takes a fifth of the default's time for 4 % more space.
            ["--format=custom", "--compress=1", $"--snapshot={snapshot}", "--no-password", "--lock-wait-timeout=60s"],
            address,
            destination,
            stop.Token
        );
        var reading = PostgresContents.ReadAsync(connection, stop.Token);
        try
        {
            await await Task.WhenAny(dumping, reading);
            await dumping;
            return await reading;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(dumping, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
