using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Npgsql;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>
/// Reads the contents of a database on the server, in one pass over each table. A row's hash is the first half of the
/// MD5 of its text; a table's hash is their sum, which is independent of their order. MD5 is not used for security: it
/// is the same on every version of the server, unlike the server's own hash functions.
/// </summary>
internal static class PostgresContents
{
    // The settings that affect a row's text. A row hidden by row-level security has to be an error, not a difference.
    private const string Pin = """
        SET LOCAL TimeZone = 'UTC';
        SET LOCAL DateStyle = 'ISO, YMD';
        SET LOCAL IntervalStyle = 'postgres';
        SET LOCAL extra_float_digits = 1;
        SET LOCAL bytea_output = 'hex';
        SET LOCAL row_security = off;
        SET LOCAL search_path = pg_catalog;
        SET LOCAL statement_timeout = 0;
        SET LOCAL idle_in_transaction_session_timeout = 0;
        """;

    // The tables that pg_dump dumps: all except those of the system and of extensions.
    private const string Tables = """
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
          AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
          )
        """;

    private const string HashesOfTables = $"""
        SELECT string_agg(
          format(
            'SELECT %L, count(*), coalesce(sum((''x'' || substr(md5((row_.*)::text), 1, 16))::bit(64)::bigint), 0) FROM ONLY %I.%I AS row_',
            n.nspname || '.' || c.relname, n.nspname, c.relname
          ),
          ' UNION ALL '
        )
        {Tables} AND c.relkind = 'r'
        """;

    private const string LastMigration = """
        SELECT format('SELECT max(%I) FROM %I.%I', a.attname, n.nspname, c.relname)
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = 1
        WHERE n.nspname = 'public' AND c.relname = '__EFMigrationsHistory' AND c.relkind = 'r'
        """;

    private const string Sequences = """
        SELECT string_agg(
          format(
            'SELECT %L, (SELECT last_value FROM %I.%I), (SELECT max(%I) FROM ONLY %I.%I)',
            s.relname, sn.nspname, s.relname, a.attname, n.nspname, c.relname
          ),
          ' UNION ALL '
        )
        FROM pg_class AS s
        JOIN pg_namespace AS sn ON sn.oid = s.relnamespace
        JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
          AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        JOIN pg_class AS c ON c.oid = d.refobjid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
        JOIN pg_sequence AS q ON q.seqrelid = s.oid AND q.seqincrement > 0
        WHERE s.relkind = 'S'
        """;

    private const string AnyRelation = $"SELECT EXISTS (SELECT {Tables})";

    /// <summary>Pins the settings that affect the text of rows, for the transaction in which all is read.</summary>
    public static Task PinAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, Pin, cancellationToken);

    /// <summary>Reads tables and the last migration, in a pinned transaction.</summary>
    public static async Task<DatabaseContents> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var tables = new List<TableContents>();
        if (await TextAsync(connection, HashesOfTables, cancellationToken) is { } hashes)
        {
            await using var command = Command(connection, hashes);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                tables.Add(
                    new TableContents(
                        reader.GetString(0),
                        reader.GetInt64(1),
                        ToHash(reader.GetFieldValue<BigInteger>(2))
                    )
                );
        }

        var last = await TextAsync(connection, LastMigration, cancellationToken) is { } migrations
            ? await TextAsync(connection, migrations, cancellationToken)
            : null;
        return new DatabaseContents(last, [.. tables.OrderBy(table => table.Name, StringComparer.Ordinal)]);
    }

    /// <summary>Checks that no sequence is behind its table. Snapshots exclude sequences: they may be ahead.</summary>
    /// <exception cref="BackupDamagedException">If a sequence is behind.</exception>
    public static async Task CheckSequencesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await TextAsync(connection, Sequences, cancellationToken) is not { } sequences)
            return;
        await using var command = Command(connection, sequences);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            if (
                !await reader.IsDBNullAsync(2, cancellationToken)
                && reader.GetInt64(1) < Convert.ToInt64(reader.GetValue(2), CultureInfo.InvariantCulture)
            )
                throw new BackupDamagedException(
                    $"Sequence {reader.GetString(0)} stands at {reader.GetInt64(1)}, behind the largest value {reader.GetValue(2)}."
                );
    }

    /// <summary>Whether the database has no table, view or sequence.</summary>
    public static async Task<bool> IsEmptyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, AnyRelation);
        return !(bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Runs a constant statement, or one that the server has quoted.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Reads the first column of the first row; null if there is none.</summary>
    public static async Task<string?> TextAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params string[] parameters
    )
    {
        await using var command = Command(connection, sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    [SuppressMessage(
        "Security",
        "CA2100",
        Justification = "SQL of this folder; names in it are quoted by the server's own format()."
    )]
    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql) => new(sql, connection);

    private static string ToHash(BigInteger sum)
    {
        var modulus = BigInteger.One << 64;
        return ((ulong)((sum % modulus + modulus) % modulus)).ToString("x16", CultureInfo.InvariantCulture);
    }
}
