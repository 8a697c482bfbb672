using Npgsql;

namespace QrAi.Benchmark;

/// <summary>Fills QrAi's tables with SQL, because questions would take days.</summary>
internal sealed class Filling(NpgsqlDataSource database)
{
    // Other columns have defaults. Columns that the table does not have are skipped.
    private static readonly Dictionary<string, string> Session = new()
    {
        ["id"] = "gen_random_uuid()",
        ["title"] = "'Session ' || n",
        ["folded_title"] = "'session ' || n",
        ["message_count"] = "$2",
        ["created_at"] = "now() - n * interval '1 second'",
        ["updated_at"] = "now() - n * interval '1 second'",
        ["version"] = "1",
    };

    private static readonly Dictionary<string, string> Message = new()
    {
        ["id"] = "md5(session.id::text || n)::uuid",
        ["session_id"] = "session.id",
        ["question_id"] = "CASE WHEN n % 2 = 0 THEN md5(session.id::text || n - 1)::uuid END",
        ["number"] = "n",
        ["role"] = "CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END",
        ["content"] = "repeat('word' || n || ' ', CASE n % 2 WHEN 1 THEN 10 ELSE 25 END)",
        ["status"] = "'completed'",
        ["provider"] = "CASE WHEN n % 2 = 0 THEN 'openrouter' END",
        ["model"] = "CASE WHEN n % 2 = 0 THEN 'benchmark' END",
        ["created_at"] = "session.created_at",
        ["completed_at"] = "session.created_at",
        ["finish_reason"] = "CASE WHEN n % 2 = 0 THEN 'stop' END",
    };

    /// <summary>Adds sessions of the unauthenticated owner, each with messages.</summary>
    /// <returns>The ids of the sessions.</returns>
    public async Task<string[]> Add(int sessions, int messages, CancellationToken cancellation)
    {
        var session = await Insert("sessions", Session, cancellation);
        var message = await Insert("messages", Message, cancellation);
        await using var add = database.CreateCommand(
            $"""
            WITH session AS ({session} FROM generate_series(1, $1) n RETURNING id, created_at),
            message AS ({message} FROM session, generate_series(1, $2) n)
            SELECT id::text FROM session LIMIT 1000
            """
        );
        add.CommandTimeout = 0;
        add.Parameters.Add(new NpgsqlParameter<int> { TypedValue = sessions });
        add.Parameters.Add(new NpgsqlParameter<int> { TypedValue = messages });
        var ids = new List<string>();
        await using (var reader = await add.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                ids.Add(reader.GetString(0));
        await Analyse(cancellation);
        return [.. ids];
    }

    private async Task Analyse(CancellationToken cancellation)
    {
        await using var analyse = database.CreateCommand("VACUUM ANALYZE");
        analyse.CommandTimeout = 0;
        await analyse.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<string> Insert(string table, Dictionary<string, string> values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1"
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        var columns = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                columns.Add(reader.GetString(0));
        var filled = columns.Where(values.ContainsKey).ToList();
        var names = string.Join(", ", filled);
        return $"INSERT INTO {table} ({names}) SELECT {string.Join(", ", filled.Select(column => values[column]))}";
    }
}
