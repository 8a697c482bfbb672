using Npgsql;
using QrAi.Application.Sessions;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Sessions without activity, in PostgreSQL.</summary>
internal sealed class PostgresInactiveSessionStore(PostgresStatements database) : IInactiveSessionStore
{
    // Two look-ups in the index of an owner's list for each owner, however many sessions it has.
    private const string FindOwner = """
        WITH RECURSIVE owners(owner) AS (
          SELECT min(owner) FROM sessions WHERE owner > $1
          UNION ALL
          SELECT (SELECT min(sessions.owner) FROM sessions WHERE sessions.owner > owners.owner)
          FROM owners WHERE owners.owner IS NOT NULL
        )
        SELECT owner, EXISTS (
          SELECT FROM sessions WHERE sessions.owner = owners.owner AND updated_at < $2
            AND NOT EXISTS (SELECT FROM messages WHERE session_id = sessions.id AND status = 'generating')
        )
        FROM owners WHERE owner IS NOT NULL LIMIT 1000
        """;

    public Task<InactiveOwner> FindOwnerAsync(
        string after,
        DateTimeOffset before,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            FindOwner,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<string> { TypedValue = after });
                parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
            },
            static async (rows, stop) =>
            {
                var found = new InactiveOwner(null, false);
                while (!found.IsInactive && await rows.ReadAsync(stop))
                    found = new InactiveOwner(rows.GetString(0), rows.GetBoolean(1));
                return found;
            },
            cancellationToken
        );
}
