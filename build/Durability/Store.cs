using Npgsql;

namespace QrAi.Durability;

/// <summary>A row of <c>messages</c>.</summary>
internal sealed record Row(
    string Id,
    string Session,
    string? Question,
    int Number,
    string Role,
    string Content,
    string Status
);

/// <summary>Reads the tables of the service.</summary>
internal sealed class Store(NpgsqlDataSource database)
{
    private const string Held =
        "FROM messages m JOIN workers w ON w.id = m.worker_id WHERE m.status = 'generating' AND w.name LIKE '%/' || $1";

    /// <summary>Reads all messages, ordered by session and number.</summary>
    public Task<List<Row>> Messages(CancellationToken cancellation) =>
        Read(
            """
            SELECT id::text, session_id::text, question_id::text, number, role, content, status FROM messages
            ORDER BY session_id, number
            """,
            row => new Row(
                row.GetString(0),
                row.GetString(1),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.GetInt32(3),
                row.GetString(4),
                row.GetString(5),
                row.GetString(6)
            ),
            cancellation
        );

    /// <summary>Reads the answers that a process is generating, with their runs.</summary>
    public Task<List<(Guid Id, int Run)>> HeldBy(int process, CancellationToken cancellation) =>
        Read("SELECT m.id, m.run " + Held, row => (row.GetGuid(0), row.GetInt32(1)), cancellation, Text(process));

    /// <summary>Returns whether a process generates an answer with at least this number of takeovers.</summary>
    public async Task<bool> HoldsTakenOver(int process, int takeovers, CancellationToken cancellation) =>
        await Count($"SELECT count(*) {Held} AND m.takeovers >= $2", cancellation, Text(process), takeovers) > 0;

    /// <summary>Returns the name of the process that generates an answer; null if none does.</summary>
    public async Task<string?> Holder(string answer, CancellationToken cancellation) =>
        (
            await Read(
                """
                SELECT w.name FROM messages m JOIN workers w ON w.id = m.worker_id
                WHERE m.id = $1::uuid AND m.status = 'generating'
                """,
                row => row.GetString(0),
                cancellation,
                answer
            )
        ).FirstOrDefault();

    /// <summary>Returns the number of takeovers of an answer.</summary>
    public async Task<long> Takeovers(string answer, CancellationToken cancellation) =>
        await Count("SELECT takeovers::bigint FROM messages WHERE id = $1::uuid", cancellation, answer);

    /// <summary>Returns whether an answer is still generating in the same run.</summary>
    public async Task<bool> IsStuck((Guid Id, int Run) answer, CancellationToken cancellation) =>
        await Count(
            "SELECT count(*) FROM messages WHERE id = $1 AND run = $2 AND status = 'generating'",
            cancellation,
            answer.Id,
            answer.Run
        ) > 0;

    public Task<long> Pieces(CancellationToken cancellation) =>
        Count("SELECT count(*) FROM answer_pieces", cancellation);

    /// <summary>Adds an API key of the owner <c>limited</c>.</summary>
    public async Task AddKey(string hash, string limits, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO api_keys (id, name, owner, hash, may_share, limits, created_at)
            VALUES (gen_random_uuid(), 'limited', 'limited', $1, false, $2, now())
            """
        );
        command.Parameters.Add(new NpgsqlParameter { Value = hash });
        command.Parameters.Add(new NpgsqlParameter { Value = limits });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Returns the tokens of all calls of providers, and the number of calls.</summary>
    public async Task<(long Tokens, long Calls)> Usage(CancellationToken cancellation) =>
        (
            await Read(
                "SELECT coalesce(sum(prompt_tokens::bigint + completion_tokens), 0)::bigint, count(*) FROM usage_records",
                row => (row.GetInt64(0), row.GetInt64(1)),
                cancellation
            )
        )[0];

    public Task<long> Reservations(CancellationToken cancellation) =>
        Count("SELECT count(*) FROM reservations", cancellation);

    public Task<long> Open(CancellationToken cancellation) =>
        Count("SELECT count(*) FROM messages WHERE status = 'generating'", cancellation);

    /// <summary>Reads the names of the workers: HOST/PID.</summary>
    public Task<List<string>> Workers(CancellationToken cancellation) =>
        Read("SELECT name FROM workers ORDER BY name", row => row.GetString(0), cancellation);

    private static string Text(int number) => Harness.Text.Of($"{number}");

    private async Task<long> Count(string sql, CancellationToken cancellation, params object[] values) =>
        (await Read(sql, row => row.GetInt64(0), cancellation, values)).FirstOrDefault();

    private async Task<List<T>> Read<T>(
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellation,
        params object[] values
    )
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }
}
