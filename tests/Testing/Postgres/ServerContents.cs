using System.Globalization;
using Npgsql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A snapshot of a server without the databases of test runs: its roles, its databases, and every table and sequence of
/// the database in its URL. A run leaks if it leaves a different snapshot than at its start.
/// </summary>
public sealed class ServerContents
{
    private const string Shared = $"""
        SELECT 'role ' || rolname, row_to_json(r)::text FROM pg_roles r
        UNION ALL
        SELECT 'database ' || datname, 'present' FROM pg_database WHERE datname NOT LIKE '{PostgresServer.Prefix}%'
        """;

    // Views, statistics and system tables contain no data of users.
    private const string Relations = """
        SELECT c.oid::regclass::text, c.relkind = 'S'
        FROM pg_class c
        WHERE c.relkind IN ('r', 'm', 'S') AND c.relpersistence <> 't'
          AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        """;

    private readonly Dictionary<string, string> _items = [];

    private ServerContents() { }

    /// <summary>Takes a snapshot.</summary>
    public static async Task<ServerContents> ReadAsync(
        NpgsqlDataSource server,
        CancellationToken cancellationToken = default
    )
    {
        var contents = new ServerContents();
        await using var connection = await server.OpenConnectionAsync(cancellationToken);
        await contents.AddAsync(connection, Shared, cancellationToken);
        foreach (var (name, isSequence) in await RelationsAsync(connection, cancellationToken))
            await contents.AddAsync(
                connection,
                isSequence
                    ? $"SELECT 'sequence {Literal(name)}', last_value || ',' || is_called FROM {name}"
                    // the same rows in another order are the same contents
                    : $"SELECT 'table {Literal(name)}', count(*) || ' rows, hash ' || "
                        + $"coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {name} t",
                cancellationToken
            );
        return contents;
    }

    /// <summary>Returns the differences to a later snapshot, one line each; empty if both are equal.</summary>
    public IReadOnlyList<string> DifferencesTo(ServerContents later) =>
        [
            .. _items
                .Keys.Union(later._items.Keys)
                .Order(StringComparer.Ordinal)
                .Select(name => Difference(name, _items.GetValueOrDefault(name), later._items.GetValueOrDefault(name)))
                .OfType<string>(),
        ];

    private static string? Difference(string name, string? before, string? after) =>
        before == after ? null
        : before is null ? $"{name} is new"
        : after is null ? $"{name} is gone"
        : string.Create(CultureInfo.InvariantCulture, $"{name} was {before}, and is {after}");

    private static async Task<List<(string Name, bool IsSequence)>> RelationsAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Relations, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var relations = new List<(string, bool)>();
        while (await reader.ReadAsync(cancellationToken))
            relations.Add((reader.GetString(0), reader.GetBoolean(1)));
        return relations;
    }

    private async Task AddAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            _items[reader.GetString(0)] = reader.GetString(1);
    }

    // PostgreSQL quotes the name where necessary; within a literal only the apostrophe has to be escaped.
    private static string Literal(string name) => name.Replace("'", "''", StringComparison.Ordinal);
}
