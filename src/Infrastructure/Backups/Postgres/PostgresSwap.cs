using Npgsql;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>Replaces a database by another, which gets its owner, its privileges and its settings.</summary>
internal static class PostgresSwap
{
    // A dump does not contain the database's owner, privileges and settings. A list, such as
    // search_path, is stored as it was written; quoting it again would make it one name.
    private const string CopyProperties = """
        SELECT string_agg(statement, '; ' ORDER BY place) FROM (
          SELECT 1 AS place, format('ALTER DATABASE %I OWNER TO %I', $2, pg_get_userbyid(datdba)) AS statement
          FROM pg_database WHERE datname = $1 AND pg_get_userbyid(datdba) <> current_user
          UNION ALL
          SELECT 2, format('ALTER DATABASE %I CONNECTION LIMIT %s', $2, datconnlimit)
          FROM pg_database WHERE datname = $1 AND datconnlimit >= 0
          UNION ALL
          SELECT 3, format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2)
          FROM pg_database WHERE datname = $1 AND datacl IS NOT NULL
          UNION ALL
          SELECT 4, format(
            'GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, $2,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
          )
          FROM pg_database, aclexplode(datacl) AS a WHERE datname = $1
          UNION ALL
          SELECT 5, format(
            CASE WHEN split_part(entry, '=', 1) IN ('search_path', 'temp_tablespaces', 'session_preload_libraries',
              'local_preload_libraries') THEN 'ALTER DATABASE %I SET %I TO %s' ELSE 'ALTER DATABASE %I SET %I TO %L' END,
            $2, split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)
          )
          FROM pg_db_role_setting AS s JOIN pg_database AS b ON b.oid = s.setdatabase, unnest(s.setconfig) AS entry
          WHERE b.datname = $1 AND s.setrole = 0
        ) AS statements
        """;

    private const string Swap = $"""
        SELECT format(
          'BEGIN; ALTER DATABASE %1$I RENAME TO %2$I; ALTER DATABASE %3$I RENAME TO %1$I; '
            'COMMENT ON DATABASE %2$I IS %4$L; COMMIT',
          $1, $2, $3, {PostgresFormer.Comment}
        )
        """;

    /// <summary>The maximum of attempts to rename; in each, the server waits 5 s for other sessions to end.</summary>
    private const int MaxTries = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Renames the server's own database to a former database, and the replacement to its name.</summary>
    /// <param name="server">The server and the database that is replaced.</param>
    /// <param name="maintenance">A connection to another database.</param>
    /// <param name="replacement">The database that takes its place.</param>
    /// <param name="former">The new name of the replaced database.</param>
    /// <param name="cancellationToken">Cancels between two attempts.</param>
    /// <exception cref="NpgsqlException">If it fails; both are unchanged.</exception>
    public static async Task RunAsync(
        PostgresServer server,
        NpgsqlConnection maintenance,
        string replacement,
        string former,
        CancellationToken cancellationToken
    )
    {
        var database = server.Address.Database;
        var statements = await PostgresContents.TextAsync(
            maintenance,
            CopyProperties,
            cancellationToken,
            database,
            replacement
        );
        if (statements is not null)
            await PostgresContents.ExecuteAsync(maintenance, statements, cancellationToken);
        await RenameAsync(server, maintenance, replacement, former, cancellationToken);
    }

    /// <summary>Renames both in one transaction, and terminates the sessions that block it.</summary>
    private static async Task RenameAsync(
        PostgresServer server,
        NpgsqlConnection maintenance,
        string replacement,
        string former,
        CancellationToken cancellationToken
    )
    {
        var rename = (
            await PostgresContents.TextAsync(
                maintenance,
                Swap,
                cancellationToken,
                server.Address.Database,
                former,
                replacement
            )
        )!;
        await using var terminator = await server.OpenMaintenanceAsync(cancellationToken);
        for (var tries = 1; ; tries++)
        {
            var renaming = PostgresContents.ExecuteAsync(maintenance, rename, CancellationToken.None);
            await TerminateOthersAsync(terminator, server.Address.Database, renaming);
            try
            {
                await renaming;
                return;
            }
            catch (PostgresException exception)
            {
                await PostgresContents.ExecuteAsync(maintenance, "ROLLBACK", CancellationToken.None);
                cancellationToken.ThrowIfCancellationRequested();
                if (exception.SqlState != PostgresErrorCodes.ObjectInUse || tries == MaxTries)
                    throw;
            }
        }
    }

    // It ends: the server accepts no new session during the renaming.
    private static async Task TerminateOthersAsync(NpgsqlConnection terminator, string database, Task renaming)
    {
        while (!renaming.IsCompleted)
        {
            await using var command = new NpgsqlCommand(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1 AND usename = current_user",
                terminator
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = database });
            await command.ExecuteScalarAsync();
            await Task.WhenAny(renaming, Task.Delay(Pause, TimeProvider.System));
        }
    }
}
