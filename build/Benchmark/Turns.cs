using Npgsql;

namespace QrAi.Benchmark;

/// <summary>A question and the id of its answer.</summary>
internal sealed record Turn(Message Question, Guid AnswerId, bool IsNewSession);

/// <summary>Stores the questions and answers of a baseline.</summary>
internal interface ITurns
{
    /// <summary>Begins a turn, before the provider is called.</summary>
    /// <returns>The session's last 20 messages, oldest first.</returns>
    Task<IReadOnlyList<(string Role, string Content)>> Open(Turn turn);

    /// <summary>Ends a turn, after the provider has answered.</summary>
    Task Close(Turn turn, Message answer);
}

/// <summary>
/// The minimum for a program with a history: it reads the session's last messages, and commits once, after the answer.
/// A crash loses the question.
/// </summary>
internal sealed class LateTurns : ITurns
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS messages (
            session_id uuid NOT NULL,
            id uuid NOT NULL,
            role text NOT NULL,
            content text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (session_id, id)
        )
        """;
    private const string History = "SELECT role, content FROM messages WHERE session_id = $1 ORDER BY id DESC LIMIT 20";
    private const string Add =
        "INSERT INTO messages (session_id, id, role, content) VALUES ($1, $2, 'user', $3), ($1, $4, 'assistant', $5)";

    private readonly NpgsqlDataSource database;

    private LateTurns(NpgsqlDataSource database) => this.database = database;

    public static async Task<ITurns> Create(NpgsqlDataSource database)
    {
        await using var create = database.CreateCommand(Schema);
        await create.ExecuteNonQueryAsync();
        return new LateTurns(database);
    }

    public async Task<IReadOnlyList<(string Role, string Content)>> Open(Turn turn)
    {
        if (turn.IsNewSession)
            return [];
        await using var command = database.CreateCommand(History);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = turn.Question.SessionId });
        await using var reader = await command.ExecuteReaderAsync();
        var messages = new List<(string, string)>(20);
        while (await reader.ReadAsync())
            messages.Add((reader.GetString(0), reader.GetString(1)));
        messages.Reverse();
        return messages;
    }

    public async Task Close(Turn turn, Message answer)
    {
        await using var command = database.CreateCommand(Add);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = turn.Question.SessionId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = turn.Question.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = turn.Question.Content });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = answer.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = answer.Content });
        await command.ExecuteNonQueryAsync();
    }
}
