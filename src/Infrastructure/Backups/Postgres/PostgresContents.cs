using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Npgsql;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>
/// Reads what a database holds, on the server, with one pass over each table. A row's hash is the first half of the MD5 of
/// its text; a table's is their sum, which knows no order. MD5 is not there against forgers: it gives the same on every
/// version of the server, which its own hash functions do not promise.
/// </summary>
internal static class PostgresContents
{
    // Whatever a row's text depends on. A row that row-level security hides has to be an error, not a difference.
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

    // What pg_dump dumps: all tables but those of the system and of extensions.
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

    /// <summary>Pins what the transaction's texts depend on; everything is read within it.</summary>
    public static Task PinAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, Pin, cancellationToken);

    /// <summary>Reads tables and the last migration; the transaction has to be pinned.</summary>
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

    /// <summary>Sequences are outside of snapshots: they may be ahead of their tables, but never behind.</summary>
    /// <exception cref="BackupDamagedException">One is behind.</exception>
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

    /// <summary>Whether there is nothing: no table, view or sequence.</summary>
    public static async Task<bool> IsEmptyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, AnyRelation);
        return !(bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Runs a statement of ours, or one that the server made with its own quoting.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row; null if there is none.</summary>
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
