using QrAi.Application.Sessions;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Sessions without activity, in SQLite.</summary>
internal sealed class SqliteInactiveSessionStore(SqliteStatements database) : IInactiveSessionStore
{
    // Two look-ups in the index of an owner's list for each owner, however many sessions it has.
    private const string FindOwner = """
        WITH RECURSIVE owners(owner) AS (
          SELECT min(owner) FROM sessions WHERE owner > @after
          UNION ALL
          SELECT (SELECT min(sessions.owner) FROM sessions WHERE sessions.owner > owners.owner)
          FROM owners WHERE owners.owner IS NOT NULL
        )
        SELECT owner, EXISTS (
          SELECT 1 FROM sessions WHERE sessions.owner = owners.owner AND updated_at < @before
            AND NOT EXISTS (SELECT 1 FROM messages WHERE session_id = sessions.id AND status = 'generating')
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
            static async rows =>
            {
                var found = new InactiveOwner(null, false);
                while (!found.IsInactive && await rows.ReadAsync())
                    found = new InactiveOwner(rows.GetString(0), rows.GetBoolean(1));
                return found;
            },
            ("@after", after),
            ("@before", before.UtcTicks)
        );
}
