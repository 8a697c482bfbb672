using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Inspects the version, latency, connection limit and suitability of a PostgreSQL server.</summary>
internal sealed class PostgresInspector(
    NpgsqlDataSource database,
    IDbContextFactory<PostgresDbContext> contexts,
    PostgresCapacity capacity,
    DatabaseOptions options,
    TimeProvider clock
) : IDatabaseInspector
{
    // Migrations create tables in the first schema of the search path, and alter tables, which only their owner may do. The
    // source of statement_timeout is the client unless a pooler has dropped the setting.
    private const string Suitability = """
        SELECT
          current_setting('server_encoding'),
          current_schema(),
          coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
          (
            SELECT string_agg(c.relname, ', ' ORDER BY c.relname)
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname = ANY($1)
              AND NOT pg_has_role(c.relowner, 'USAGE')
          ),
          (SELECT source FROM pg_settings WHERE name = 'statement_timeout') = 'client'
        """;

    public async Task<DatabaseInspection> InspectAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var isReadOnly = await QueryAsync(connection, "SHOW transaction_read_only", cancellationToken) == "on";
        var start = clock.GetTimestamp();
        await QueryAsync(connection, "SELECT ''", cancellationToken);
        var latency = clock.GetElapsedTime(start);

        var facts = new Dictionary<string, string>
        {
            ["server"] = connection.PostgreSqlVersion.ToString(),
            ["latency"] = string.Create(CultureInfo.InvariantCulture, $"{latency.TotalMilliseconds:0.0} ms"),
        };
        await CountAsync(connection, facts, cancellationToken);
        return new DatabaseInspection(
            facts,
            isReadOnly
                ? new DatabaseFault("It is a read-only standby.", "Name the primary server in DATABASE_URL.")
                : await FindFaultAsync(connection, willMigrate: false, cancellationToken)
        );
    }

    public async Task<DatabaseFault?> FindFaultAsync(bool willMigrate, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindFaultAsync(connection, willMigrate, cancellationToken);
    }

    private async Task<DatabaseFault?> FindFaultAsync(
        NpgsqlConnection connection,
        bool willMigrate,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Suitability, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = await TablesAsync(cancellationToken) });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var encoding = row.GetString(0);
        var schema = row.IsDBNull(1) ? null : row.GetString(1);
        var (mayCreate, othersTables) = (row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetString(3));

        return encoding != "UTF8"
                ? new DatabaseFault(
                    $"The database's encoding is {encoding}, which cannot store all texts.",
                    "Create one with ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.",
                    IsPermanent: true
                )
            : options.Pooler == DatabasePooler.None && !row.GetBoolean(4) ? PostgresFaults.Pooler
            : !willMigrate ? null
            : schema is null
                ? new DatabaseFault(
                    "The role of DATABASE_URL may not use any schema of its search_path, so migrations cannot be applied.",
                    "Grant it: GRANT USAGE, CREATE ON SCHEMA public TO the role.",
                    IsPermanent: true
                )
            : !mayCreate
                ? new DatabaseFault(
                    $"The role of DATABASE_URL may not create tables in schema {schema}, so migrations cannot be applied.",
                    $"Grant it: GRANT CREATE ON SCHEMA {schema} TO the role. Or migrate as the schema's owner.",
                    IsPermanent: true
                )
            : othersTables is not null
                ? new DatabaseFault(
                    $"The role of DATABASE_URL does not own the tables {othersTables}, so migrations cannot be applied.",
                    "Migrate as the role that owns them, or make this one a member of it.",
                    IsPermanent: true
                )
            : null;
    }

    private async Task<string[]> TablesAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. context.Model.GetEntityTypes().Select(type => type.GetTableName()).OfType<string>().Distinct()];
    }

    private async Task CountAsync(
        NpgsqlConnection connection,
        Dictionary<string, string> facts,
        CancellationToken cancellationToken
    )
    {
        var poolLimit = options.PoolSize + options.MaxOverflow;
        if (options.Pooler == DatabasePooler.Transaction)
        {
            // The pooler determines the number of connections to the server.
            facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{poolLimit} connections to the pooler");
            return;
        }

        var count = await PostgresCapacity.CountAsync(connection, cancellationToken);
        facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{poolLimit} of {count.Limit} connections");
        // The count includes this connection, which is not a service's. Without any service it stands for the first one.
        if (capacity.Describe(count with { Replicas = Math.Max(1, count.Replicas - 1) }) is { } shortage)
            facts["warning"] = shortage;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The callers pass constants.")]
    private static async Task<string?> QueryAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
