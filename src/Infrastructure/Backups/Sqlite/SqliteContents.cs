using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Sqlite;

/// <summary>Reads a database file in one pass over each table. A table's hash is the sum of its rows' hashes.</summary>
internal static class SqliteContents
{
    /// <summary>Opens a database file without pooling.</summary>
    public static async Task<SqliteConnection> OpenAsync(
        string path,
        SqliteOpenMode mode,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = (int)Math.Ceiling(timeout.TotalSeconds),
            }.ConnectionString
        );
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Reads the names of all tables except SQLite's own.</summary>
    public static async Task<IReadOnlyList<string>> TablesAsync(
        SqliteConnection connection,
        CancellationToken cancellationToken
    )
    {
        var tables = new List<string>();
        await using var command = connection.CreateCommand();
        command.CommandText =
            @"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            tables.Add(reader.GetString(0));
        return tables;
    }

    /// <summary>Reads all tables, and checks the integrity of the file.</summary>
    /// <exception cref="BackupDamagedException">If the file is corrupt.</exception>
    public static async Task<DatabaseContents> ReadAsync(
        SqliteConnection connection,
        CancellationToken cancellationToken
    )
    {
        if (await TextAsync(connection, "PRAGMA integrity_check(1)", cancellationToken) is not "ok" and var problem)
            throw new BackupDamagedException($"The database file is corrupt: {problem}.");
        var tables = new List<TableContents>();
        foreach (var table in await TablesAsync(connection, cancellationToken))
            tables.Add(await ReadTableAsync(connection, table, cancellationToken));
        return new DatabaseContents(
            tables.Any(table => table.Name == "__EFMigrationsHistory")
                ? await TextAsync(
                    connection,
                    "SELECT max(migration_id) FROM \"__EFMigrationsHistory\"",
                    cancellationToken
                )
                : null,
            [.. tables.OrderBy(table => table.Name, StringComparer.Ordinal)]
        );
    }

    /// <summary>Reads the first column of the first row.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "The callers' constants.")]
    public static async Task<string?> TextAsync(
        SqliteConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    [SuppressMessage("Security", "CA2100", Justification = "A name cannot be a parameter; it is quoted.")]
    private static async Task<TableContents> ReadTableAsync(
        SqliteConnection connection,
        string table,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        // The name comes from the file's own catalog.
        command.CommandText = $"SELECT * FROM \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var (rows, sum) = (0L, 0UL);
        while (await reader.ReadAsync(cancellationToken))
        {
            for (var column = 0; column < reader.FieldCount; column++)
                Append(hash, reader.GetValue(column));
            rows++;
            sum += BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset());
        }

        return new TableContents(table, rows, sum.ToString("x16", CultureInfo.InvariantCulture));
    }

    // Each value has its type and length, so that different rows have different hashes.
    private static void Append(IncrementalHash hash, object value)
    {
        var (kind, bytes) = value switch
        {
            DBNull => ('n', []),
            long number => ('i', BitConverter.GetBytes(number)),
            double number => ('r', BitConverter.GetBytes(number)),
            string text => ('t', Encoding.UTF8.GetBytes(text)),
            byte[] blob => ('b', blob),
            _ => throw new NotSupportedException($"SQLite has no values of {value.GetType()}."),
        };
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
        hash.AppendData(head);
        hash.AppendData(bytes);
    }
}
