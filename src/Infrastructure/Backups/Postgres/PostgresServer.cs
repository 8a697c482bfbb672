using System.Globalization;
using Npgsql;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>Opens connections to a server for backups: not pooled, with a time limit for long statements.</summary>
internal sealed class PostgresServer(PostgresAddress address, DatabaseOptions options)
{
    /// <summary>The time limit of a statement, such as reading all rows of a large table.</summary>
    public static readonly TimeSpan StatementTimeout = TimeSpan.FromHours(2);

    // The name in metrics; the default is the whole address.
    private const string MeasuredAs = "qrai-backup";

    // Databases to connect to while others are created, dropped and renamed; every server has at least one of them.
    private static readonly string[] Maintenance = ["postgres", "template1"];

    /// <summary>The address of the server and of its own database.</summary>
    public PostgresAddress Address => address;

    /// <summary>Connects to a database of the server.</summary>
    /// <exception cref="BackupFailedException">If it cannot be reached.</exception>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        // The tools change settings of their sessions, which a pooler would share with others.
        if (options.Pooler == DatabasePooler.Transaction)
            throw new BackupFailedException(
                $"Backups need sessions of their own, which a pooler does not provide: run this with a DATABASE_URL that names the server itself, and {DatabaseOptions.PoolerName}=none."
            );
        var builder = new NpgsqlDataSourceBuilder(
            PostgresConnection.ForBackups(address with { Database = database }, options, StatementTimeout)
        )
        {
            Name = MeasuredAs,
        };
        // The connection outlives its data source.
        await using var source = builder.Build();
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw Failed($"{address with { Database = database }} cannot be reached", exception);
        }
    }

    /// <summary>Connects to a maintenance database.</summary>
    /// <exception cref="BackupFailedException">If none can be reached.</exception>
    public async Task<NpgsqlConnection> OpenMaintenanceAsync(CancellationToken cancellationToken)
    {
        BackupFailedException? failure = null;
        foreach (var database in Maintenance.Where(database => database != address.Database))
        {
            try
            {
                return await OpenAsync(database, cancellationToken);
            }
            catch (BackupFailedException exception) when (exception.InnerException is PostgresException)
            {
                failure = exception; // missing, or not permitted for this user
            }
        }

        throw failure!;
    }

    /// <summary>Drops a database and ends the sessions in it.</summary>
    /// <param name="maintenance">A connection to another database.</param>
    /// <param name="database">The database.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public static async Task DropAsync(
        NpgsqlConnection maintenance,
        string database,
        CancellationToken cancellationToken
    )
    {
        var drop = await PostgresContents.TextAsync(
            maintenance,
            "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', $1)",
            cancellationToken,
            database
        );
        await PostgresContents.ExecuteAsync(maintenance, drop!, cancellationToken);
    }

    /// <summary>Creates an exception with the server's message, which contains no secrets.</summary>
    public static BackupFailedException Failed(string what, Exception exception) =>
        new(
            PostgresFaults.IsPoolerError(exception)
                    ? $"{what}: it is behind a pooler. Use the address of the server itself."
                : exception is PostgresException refused
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{what}: {refused.MessageText} (SQLSTATE {refused.SqlState})."
                    )
                : $"{what}: {exception.Message.TrimEnd('.')}.",
            exception
        );
}
