using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>
/// A scratch database on the same server. Its maker holds an advisory lock for as long as it lives, which ends with the
/// connection: what a killed process left behind is told by it, and dropped by the next one.
/// </summary>
internal sealed class PostgresCopy : IRestoredCopy
{
    private const string Prefix = "qrai_scratch_";

    // "qras" in ASCII; the second half of the key is the database's number.
    private const int LockClass = 0x71726173;

    private const string CreateLike = """
        SELECT format(
          'CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',
          $2, pg_encoding_to_char(encoding), datcollate, datctype
        )
        FROM pg_database WHERE datname = $1
        """;

    // What belongs to a database and is in no dump: its owner, who may use it, and its own settings. A list, such as
    // search_path, is kept as it was written, and quoting it once more would make it one name.
    private const string MakeAlike = """
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

    /// <summary>How often it is tried to be alone with the database; the server waits 5 s each time.</summary>
    private const int MaxTries = 6;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDrop = TimeSpan.FromMinutes(1);

    private readonly PostgresServer _server;
    private readonly NpgsqlConnection _maintenance;
    private readonly string _name;
    private bool _exists;

    private PostgresCopy(PostgresServer server, NpgsqlConnection maintenance, int number)
    {
        (_server, _maintenance, Number) = (server, maintenance, number);
        _name = Prefix + number.ToString("x8", CultureInfo.InvariantCulture);
    }

    private int Number { get; }

    /// <summary>Makes an empty one, after dropping what killed processes left behind.</summary>
    public static async Task<PostgresCopy> CreateAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        var maintenance = await server.OpenMaintenanceAsync(cancellationToken);
        var copy = new PostgresCopy(server, maintenance, RandomNumberGenerator.GetInt32(int.MaxValue));
        try
        {
            await copy.DropLeftoversAsync(cancellationToken);
            await copy.CreateAsync(cancellationToken);
            return copy;
        }
        catch (Exception exception)
        {
            await copy.DisposeAsync();
            if (exception is NpgsqlException)
                throw PostgresServer.Failed(
                    "There can be no scratch database (the user needs the right to create databases)",
                    exception
                );
            throw;
        }
    }

    /// <summary>Restores a dump into it.</summary>
    /// <exception cref="BackupDamagedException">It can not be restored.</exception>
    public async Task FillAsync(PostgresTool tool, string dump, CancellationToken cancellationToken)
    {
        try
        {
            await tool.RunAsync(
                ["--verbose", "--exit-on-error", "--no-owner", "--no-password", $"--dbname={_name}", dump],
                _server.Address with
                {
                    Database = _name,
                },
                null,
                cancellationToken
            );
        }
        catch (ToolFailedException exception) when (!exception.WasKilled)
        {
            throw new BackupDamagedException($"The dump can not be restored. {exception.Message}", exception);
        }
    }

    public async Task<DatabaseContents> ReadContentsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(_name, checkSequences: true, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresServer.Failed("The restored database could not be read", exception);
        }
    }

    public async Task<string?> TakeOverAsync(DatabaseContents expected, CancellationToken cancellationToken)
    {
        var former = PostgresFormer.Prefix + Number.ToString("x8", CultureInfo.InvariantCulture);
        try
        {
            if (
                await PostgresContents.TextAsync(
                    _maintenance,
                    MakeAlike,
                    cancellationToken,
                    _server.Address.Database,
                    _name
                ) is
                { } statements
            )
                await PostgresContents.ExecuteAsync(_maintenance, statements, cancellationToken);
            await SwapAsync(former, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresServer.Failed($"{_server.Address} could not be replaced, and is as it was", exception);
        }

        _exists = false;
        // It is done: whoever wants to stop now gets the rest of it as well.
        return await DropUnlessChangedAsync(former, expected);
    }

    public async ValueTask DisposeAsync()
    {
        await using var owned = _maintenance;
        if (!_exists)
            return;
        _exists = false;
        using var limit = new CancellationTokenSource(LongestDrop);
        try
        {
            await DropAsync(_name, limit.Token);
        }
        catch (Exception exception)
            when (exception is NpgsqlException or OperationCanceledException or InvalidOperationException)
        {
            // The server is gone or the connection is: the next one drops it as a leftover. What happened before tells more.
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        await LockAsync("SELECT pg_advisory_lock($1, $2)", Number, cancellationToken);
        var create =
            await PostgresContents.TextAsync(
                _maintenance,
                CreateLike,
                cancellationToken,
                _server.Address.Database,
                _name
            )
            ?? throw new BackupFailedException(
                $"There is no database {_server.Address.Database}; make an empty one first."
            );
        _exists = true;
        await PostgresContents.ExecuteAsync(_maintenance, create, cancellationToken);
    }

    private async Task DropLeftoversAsync(CancellationToken cancellationToken)
    {
        var numbers = new List<int>();
        await using (
            var command = new NpgsqlCommand(
                "SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND pg_get_userbyid(datdba) = current_user",
                _maintenance
            )
        )
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Prefix });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                if (
                    int.TryParse(
                        reader.GetString(0).AsSpan(Prefix.Length),
                        NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture,
                        out var number
                    )
                )
                    numbers.Add(number);
        }

        foreach (var number in numbers)
        {
            if (!await LockAsync("SELECT pg_try_advisory_lock($1, $2)", number, cancellationToken))
                continue; // somebody works with it
            await DropAsync(Prefix + number.ToString("x8", CultureInfo.InvariantCulture), cancellationToken);
            await LockAsync("SELECT pg_advisory_unlock($1, $2)", number, cancellationToken);
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "The callers' constants.")]
    private async Task<bool> LockAsync(string sql, int number, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _maintenance);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = LockClass });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task DropAsync(string database, CancellationToken cancellationToken) =>
        await PostgresContents.ExecuteAsync(
            _maintenance,
            (
                await PostgresContents.TextAsync(
                    _maintenance,
                    "SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', $1)",
                    cancellationToken,
                    database
                )
            )!,
            cancellationToken
        );

    /// <summary>Both names change in one transaction. It waits for others to leave, and they are asked to.</summary>
    private async Task SwapAsync(string former, CancellationToken cancellationToken)
    {
        var rename = (
            await PostgresContents.TextAsync(
                _maintenance,
                Swap,
                cancellationToken,
                _server.Address.Database,
                former,
                _name
            )
        )!;
        await using var beside = await _server.OpenMaintenanceAsync(cancellationToken);
        for (var tries = 1; ; tries++)
        {
            var renaming = PostgresContents.ExecuteAsync(_maintenance, rename, CancellationToken.None);
            await TerminateOthersAsync(beside, renaming);
            try
            {
                await renaming;
                return;
            }
            catch (PostgresException exception)
            {
                await PostgresContents.ExecuteAsync(_maintenance, "ROLLBACK", CancellationToken.None);
                cancellationToken.ThrowIfCancellationRequested();
                if (exception.SqlState != PostgresErrorCodes.ObjectInUse || tries == MaxTries)
                    throw;
            }
        }
    }

    // While the name is being changed nobody new gets in, so that this ends.
    private async Task TerminateOthersAsync(NpgsqlConnection beside, Task renaming)
    {
        while (!renaming.IsCompleted)
        {
            await using var command = new NpgsqlCommand(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1 AND usename = current_user",
                beside
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _server.Address.Database });
            await command.ExecuteScalarAsync();
            await Task.WhenAny(renaming, Task.Delay(Pause, TimeProvider.System));
        }
    }

    private async Task<string?> DropUnlessChangedAsync(string former, DatabaseContents expected)
    {
        try
        {
            var contents = await ReadAsync(former, checkSequences: false, CancellationToken.None);
            // The heartbeats of a service that still runs are nothing that anybody would miss.
            if (expected.Without(WorkerRow.Table).FirstDifferenceTo(contents.Without(WorkerRow.Table)) is not null)
                return former;
            await DropAsync(former, CancellationToken.None);
            return null;
        }
        catch (Exception exception) when (exception is NpgsqlException or BackupFailedException)
        {
            return former; // it is still there, and whoever reads its name can look
        }
    }

    private async Task<DatabaseContents> ReadAsync(
        string database,
        bool checkSequences,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await _server.OpenAsync(database, cancellationToken);
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
