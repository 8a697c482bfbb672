using System.Globalization;
using Npgsql;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>Connections to a server for backups: few, not pooled, and patient with long statements.</summary>
internal sealed class PostgresServer(PostgresAddress address, DatabaseOptions options)
{
    /// <summary>How long a statement may take; reading all rows of a large database is one.</summary>
    public static readonly TimeSpan LongestStatement = TimeSpan.FromHours(2);

    // In metrics; without it they would be named after the whole address.
    private const string MeasuredAs = "qrai-backup";

    // Where databases can be made, dropped and renamed from; every server has at least one of them.
    private static readonly string[] Maintenance = ["postgres", "template1"];

    /// <summary>The database that this is about, and how the server is reached.</summary>
    public PostgresAddress Address => address;

    /// <summary>Connects to a database of the server.</summary>
    /// <exception cref="BackupFailedException">It can not be reached.</exception>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        // The tools set their sessions up, which a pooler would hand on to others.
        if (options.Pooler == DatabasePooler.Transaction)
            throw new BackupFailedException(
                $"Backups need sessions of their own, which a pooler does not give: run this with a DATABASE_URL that names the server itself, and {DatabaseOptions.PoolerName}=none."
            );
        var builder = new NpgsqlDataSourceBuilder(
            PostgresConnection.ForBackups(address with { Database = database }, options, LongestStatement)
        )
        {
            Name = MeasuredAs,
        };
        // It makes this one connection, which lives on without it.
        await using var source = builder.Build();
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            throw Failed($"{address with { Database = database }} can not be reached", exception);
        }
    }

    /// <summary>Connects to a database that is not the one that this is about.</summary>
    /// <exception cref="BackupFailedException">There is none.</exception>
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
                failure = exception; // not there, or not for this user
            }
        }

        throw failure!;
    }

    /// <summary>Drops a database and ends the sessions in it.</summary>
    /// <param name="maintenance">A connection to another database.</param>
    /// <param name="database">The database.</param>
    /// <param name="cancellationToken">Cancels it.</param>
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

    /// <summary>What failed, with the server's own words, which have no secrets in them.</summary>
    public static BackupFailedException Failed(string what, Exception exception) =>
        new(
            PostgresFaults.IsPoolerError(exception)
                    ? $"{what}: it is behind a pooler. Let the address name the server itself."
                : exception is PostgresException refused
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{what}: {refused.MessageText} (SQLSTATE {refused.SqlState})."
                    )
                : $"{what}: {exception.Message.TrimEnd('.')}.",
            exception
        );
}
