using System.Diagnostics;
using Npgsql;
using QrAi.Harness;

namespace QrAi.SearchProof;

/// <summary>Fills a database with sessions, and measures how long searches among them take.</summary>
internal static class SessionProof
{
    private const string Database = "sessions";
    private const int Times = 200;

    private static readonly string _sessions = $"""
        INSERT INTO sessions (id, title, folded_title, is_titled, message_count, created_at, updated_at)
        SELECT gen_random_uuid(), title, '②' || title, true, 2, time, time FROM (
          SELECT 'session ' || n || ' ' || {Words(3)} AS title, now() - n * interval '1 second' AS time
          FROM generate_series(1, $1) n
        ) AS one
        """;

    private static readonly string _messages = $"""
        INSERT INTO messages (id, session_id, question_id, number, role, content, status, created_at, completed_at)
        SELECT md5(session.id::text || number)::uuid, session.id,
          CASE number WHEN 2 THEN md5(session.id::text || 1)::uuid END, number,
          CASE number WHEN 1 THEN 'user' ELSE 'assistant' END,
          concat_ws(' ', 'everywhere', CASE WHEN n % 10 = 0 THEN 'tenth' END, CASE WHEN n % 100 = 0 THEN 'hundredth' END,
            CASE WHEN n % 400 = 0 THEN 'occasional' END, CASE WHEN n % 1000 = 0 THEN 'thousandth' END,
            CASE WHEN n % 100000 = 7 THEN 'rare' END, {Words(20)}),
          'completed', session.created_at, session.created_at
        FROM (SELECT id, created_at, row_number() OVER () AS n FROM sessions) AS session, generate_series(1, 2) AS number
        """;

    private static readonly (string What, string? Query)[] _searches =
    [
        ("the list without a search", null),
        ("a word in every session", "everywhere"),
        ("in one of 10", "tenth"),
        ("in one of 100", "hundredth"),
        ("in one of 400", "occasional"),
        ("in one of 1,000", "thousandth"),
        ("in one of 100,000", "rare"),
        ("in no session", "qzxv"),
        ("two words, in every session and in one of 10", "everywhere tenth"),
        ("two words, one in no session", "everywhere qzxv"),
        ("a part of every title", "ess"),
        ("a character of every title", "e"),
        ("a part of few titles", "n 4711 "),
        ("a text in no title whose parts are in every title", "sessionssion"),
    ];

    public static async Task<int> Run(Options options, CancellationToken cancellation)
    {
        await options.Postgres.Create(Database, cancellation);
        var settings = QrAiProgram.Settings(options.Postgres.Url(Database), new Uri("http://127.0.0.1:9"));
        var program = new QrAiProgram(options.QrAi, options.Work);
        await program.Migrate(settings, cancellation);
        await using var database = options.Postgres.Open(Database);
        await Execute(database, _sessions, cancellation, options.Sessions);
        await Execute(database, _messages, cancellation);
        await Execute(database, "VACUUM ANALYZE", cancellation);
        Console.WriteLine(Text.Of($"{options.Sessions:#,0} sessions with 2 messages"));

        var port = Server.FreePort();
        await using var server = program.Serve("sessions", port, settings);
        using var client = new Client(new Uri(Text.Of($"http://127.0.0.1:{port}")));
        await client.Ready(cancellation);
        await PrintIndexing(database, server, options.Sessions, cancellation);
        await Execute(database, "VACUUM ANALYZE", cancellation);

        Console.WriteLine("| search | ms, p50 | p95 | on the first page |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var (what, query) in _searches)
        {
            var times = new List<double>();
            var found = 0;
            for (var i = -20; i < Times; i++) // warms up
            {
                var start = Stopwatch.GetTimestamp();
                found = await client.CountSessions(query, cancellation);
                if (i >= 0)
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            times.Sort();
            Console.WriteLine(
                Text.Of($"| {what} | {times[Times / 2]:0.0} | {times[Times * 95 / 100]:0.0} | {found} |")
            );
        }
        return 0;
    }

    // Most words are rare: a third of them is one of the first hundredth of 100,000.
    private static string Words(int count) =>
        Text.Of(
            $"(SELECT string_agg('w' || floor(100000 * power(random(), 4))::int, ' ') FROM generate_series(1, {count}) WHERE n > 0)"
        );

    private static async Task PrintIndexing(
        NpgsqlDataSource database,
        Server server,
        int sessions,
        CancellationToken cancellation
    )
    {
        var start = Stopwatch.GetTimestamp();
        while (await Number(database, "SELECT count(*) FROM sessions WHERE indexed_at <> updated_at", cancellation) > 0)
            await Task.Delay(1000, cancellation);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var bytes = await Number(
            database,
            "SELECT pg_total_relation_size('index_blocks') + pg_total_relation_size('index_ranges')",
            cancellation
        );
        Console.WriteLine(
            Text.Of(
                $"indexed in {seconds:0} s, {sessions / seconds:0} a second; {server.Processor.TotalMilliseconds * 1000 / sessions:0} µs of the service's processor time and {bytes / (double)sessions:0} bytes for a session; {await Number(database, "SELECT count(*) FROM index_segments", cancellation)} segments, {server.Resident >> 20} MiB of memory"
            )
        );
    }

    private static async Task<long> Number(NpgsqlDataSource database, string sql, CancellationToken cancellation)
    {
        await using var query = database.CreateCommand(sql);
        return (long)(await query.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task Execute(
        NpgsqlDataSource database,
        string sql,
        CancellationToken cancellation,
        int? parameter = null
    )
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 0;
        if (parameter is { } value)
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
