using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Asks a PostgreSQL server what it is, how far away it is, how many connections it gives, and what it lacks.</summary>
internal sealed class PostgresInspector(
    NpgsqlDataSource database,
    IDbContextFactory<PostgresDbContext> contexts,
    PostgresCapacity capacity,
    DatabaseOptions options,
    TimeProvider clock
) : IDatabaseInspector
{
    // Migrations create in the first schema of the search path, and change tables that only their owner may change. The
    // settings of a connection come from the client unless a pooler has left them out.
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
        var isReadOnly = await AskAsync(connection, "SHOW transaction_read_only", cancellationToken) == "on";
        var start = clock.GetTimestamp();
        await AskAsync(connection, "SELECT ''", cancellationToken);
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
                ? new DatabaseFault("It can only be read, as a standby.", "Name the primary server in DATABASE_URL.")
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
                    $"The database's encoding is {encoding}, which cannot keep every text.",
                    "Create one with ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.",
                    Lasts: true
                )
            : options.Pooler == DatabasePooler.None && !row.GetBoolean(4) ? PostgresFaults.Pooler
            : !willMigrate ? null
            : schema is null
                ? new DatabaseFault(
                    "The role of DATABASE_URL may use no schema of its search_path, so migrations cannot be applied.",
                    "Grant it: GRANT USAGE, CREATE ON SCHEMA public TO the role.",
                    Lasts: true
                )
            : !mayCreate
                ? new DatabaseFault(
                    $"The role of DATABASE_URL may not create tables in schema {schema}, so migrations cannot be applied.",
                    $"Grant it: GRANT CREATE ON SCHEMA {schema} TO the role. Or migrate as the schema's owner.",
                    Lasts: true
                )
            : othersTables is not null
                ? new DatabaseFault(
                    $"The role of DATABASE_URL does not own the tables {othersTables}, so migrations cannot be applied.",
                    "Migrate as the role that owns them, or make this one a member of it.",
                    Lasts: true
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
        var wanted = options.PoolSize + options.MaxOverflow;
        if (options.Pooler == DatabasePooler.Transaction)
        {
            // How many the server gives is the pooler's business.
            facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{wanted} connections to the pooler");
            return;
        }

        var count = await PostgresCapacity.CountAsync(connection, cancellationToken);
        facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{wanted} of {count.Room} connections");
        // This connection counts as a service's, but it is none; or else it stands for the one that is to be started.
        if (capacity.Describe(count with { Replicas = Math.Max(1, count.Replicas - 1) }) is { } shortage)
            facts["warning"] = shortage;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The callers' constants.")]
    private static async Task<string?> AskAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
