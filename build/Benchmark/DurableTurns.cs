using Npgsql;

namespace QrAi.Benchmark;

/// <summary>
/// The same guarantees as QrAi: the question is stored before the call of the provider and the answer after it, in the
/// same rows with the same constraints and indexes. Each takes one statement, which is the minimum.
/// </summary>
internal sealed class DurableTurns : ITurns
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS sessions (
            id uuid CONSTRAINT pk_sessions PRIMARY KEY,
            title varchar(400) NOT NULL,
            folded_title text NOT NULL,
            message_count integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            owner varchar(500) NOT NULL DEFAULT 'anonymous',
            is_titled boolean NOT NULL DEFAULT true
        );
        CREATE TABLE IF NOT EXISTS messages (
            id uuid CONSTRAINT pk_messages PRIMARY KEY,
            session_id uuid NOT NULL
                CONSTRAINT fk_messages_sessions_session_id REFERENCES sessions ON DELETE CASCADE,
            question_id uuid,
            number integer NOT NULL,
            role varchar(16) NOT NULL,
            content text NOT NULL,
            status varchar(16) NOT NULL,
            provider text,
            model text,
            attempts jsonb,
            created_at timestamptz NOT NULL,
            completed_at timestamptz,
            error_code text,
            error_message text,
            usage_completion_tokens integer,
            usage_prompt_tokens integer,
            usage_total_tokens integer,
            owner varchar(500) NOT NULL DEFAULT 'anonymous',
            finish_reason varchar(32),
            run integer NOT NULL DEFAULT 1,
            takeovers integer NOT NULL DEFAULT 0,
            worker_id uuid,
            request text,
            stop_requested boolean NOT NULL DEFAULT false
        );
        CREATE INDEX IF NOT EXISTS ix_sessions_owner_updated_at_id ON sessions (owner, updated_at DESC, id DESC);
        CREATE UNIQUE INDEX IF NOT EXISTS ix_messages_session_id_number ON messages (session_id, number);
        CREATE UNIQUE INDEX IF NOT EXISTS ix_messages_open_answer ON messages (session_id) WHERE status = 'generating';
        """;

    private const string Begin = """
        WITH session AS (
            INSERT INTO sessions (id, title, folded_title, message_count, created_at, updated_at)
            VALUES ($1, left($3, 80), lower(left($3, 80)), 2, now(), now())
            RETURNING message_count
        )
        """;

    private const string Advance = """
        WITH session AS (
            UPDATE sessions SET message_count = message_count + 2, updated_at = now()
            WHERE id = $1 AND owner = 'anonymous'
            RETURNING message_count
        )
        """;

    // The SELECT does not see the rows that the same statement inserts: the history ends before the question.
    private const string AddAndRead = """
        , question AS (
            INSERT INTO messages (id, session_id, number, role, content, status, created_at, completed_at)
            SELECT $2, $1, message_count - 1, 'user', $3, 'completed', now(), now() FROM session
        ), answer AS (
            INSERT INTO messages
                (id, session_id, question_id, number, role, content, status, created_at, worker_id, request)
            SELECT $4, $1, $2, message_count, 'assistant', '', 'generating', now(), $5, '{"model":"benchmark"}'
            FROM session
        )
        SELECT role, content FROM messages
        WHERE session_id = $1 AND status = 'completed'
        ORDER BY number DESC
        LIMIT 20
        """;

    private const string End = """
        UPDATE messages
        SET content = $2, status = 'completed', provider = 'benchmark', model = 'benchmark', attempts = $3::jsonb,
            usage_prompt_tokens = 420, usage_completion_tokens = 32, usage_total_tokens = 452,
            finish_reason = 'stop', completed_at = now(), worker_id = NULL, request = NULL
        WHERE id = $1 AND worker_id = $4 AND run = 1 AND status = 'generating'
        """;

    private const string Attempts = """[{"provider":"benchmark","outcome":"answered","milliseconds":1}]""";

    private readonly NpgsqlDataSource database;
    private readonly Guid worker = Guid.CreateVersion7();

    private DurableTurns(NpgsqlDataSource database) => this.database = database;

    public static async Task<ITurns> Create(NpgsqlDataSource database)
    {
        await using var create = database.CreateCommand(Schema);
        await create.ExecuteNonQueryAsync();
        return new DurableTurns(database);
    }

    public async Task<IReadOnlyList<(string Role, string Content)>> Open(Turn turn)
    {
        await using var command = database.CreateCommand((turn.IsNewSession ? Begin : Advance) + AddAndRead);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = turn.Question.SessionId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = turn.Question.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = turn.Question.Content });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = turn.AnswerId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = worker });
        await using var reader = await command.ExecuteReaderAsync();
        var messages = new List<(string, string)>(20);
        while (await reader.ReadAsync())
            messages.Add((reader.GetString(0), reader.GetString(1)));
        messages.Reverse();
        return messages;
    }

    public async Task Close(Turn turn, Message answer)
    {
        await using var command = database.CreateCommand(End);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = answer.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = answer.Content });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Attempts });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = worker });
        if (await command.ExecuteNonQueryAsync() != 1)
            throw new InvalidOperationException("The answer is not open.");
    }
}
