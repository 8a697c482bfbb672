using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Npgsql;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>
/// The cost of the lists and the history: an index returns the rows in order, and only those of the page are read. The
/// statements of the service are captured and explained.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed partial class QueryPlanTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private const int Many = 10_000;

    private readonly Statements _statements = new();

    [Test]
    public async Task A_page_of_sessions_is_read_through_the_index_however_deep_it_is()
    {
        await using var qrai = await StartWatchedAsync();
        await FillAsync(qrai, sessions: Many);
        var first = await PlanOfAsync(() => qrai.ListSessionsAsync(20), "ORDER BY s.updated_at DESC");
        var deep = (await qrai.ListSessionsAsync(1)).NextCursor!;
        for (var page = 1; page <= 20; page++)
            deep = (await qrai.ListSessionsAsync(100, deep)).NextCursor!;

        var later = await PlanOfAsync(() => qrai.ListSessionsAsync(20, deep), "ORDER BY s.updated_at DESC");

        ShouldReadOnlyThePage(first, "ix_sessions_owner_updated_at_id", 21);
        ShouldReadOnlyThePage(later, "ix_sessions_owner_updated_at_id", 21);
        if (Kind == DatabaseKind.Sqlite)
            later.ShouldContain("SEARCH");
    }

    [Test]
    public async Task A_page_of_messages_is_read_through_the_index_however_deep_it_is()
    {
        await using var qrai = await StartWatchedAsync();
        var session = await FillAsync(qrai, messages: Many);
        string? cursor = null;
        for (var page = 1; page <= 50; page++)
            cursor = (await qrai.ListMessagesAsync(session, 100, cursor)).NextCursor;

        var plan = await PlanOfAsync(() => qrai.ListMessagesAsync(session, 20, cursor), "ORDER BY m.number");

        ShouldReadOnlyThePage(plan, "ix_messages_session_id_number", 21);
    }

    [Test]
    public async Task The_history_of_a_question_is_read_through_the_index_from_its_end()
    {
        await using var qrai = await StartAsync();
        var session = await FillAsync(qrai, messages: Many);

        var plan =
            Kind == DatabaseKind.Postgres
                ? await PlanAsync(PostgresTurnSql.Past(turns: 10), [new NpgsqlParameter { Value = session }])
                : await PlanAsync(
                    SqliteTurnStore.ReadPast,
                    [new SqliteParameter("@session", session), new SqliteParameter("@turns", 10)]
                );

        ShouldReadOnlyThePage(plan, "ix_messages_session_id_number", 20);
    }

    private void ShouldReadOnlyThePage(string plan, string index, int rows)
    {
        plan.ShouldContain(index);
        if (Kind == DatabaseKind.Sqlite)
        {
            plan.ShouldNotContain("TEMP B-TREE");
            return;
        }

        plan.ShouldNotContain("Seq Scan");
        plan.ShouldNotContain("Sort");
        // Rows of the scan itself, including filtered ones; a few more are beside the cursor.
        var read = ScannedRows().Matches(plan).Sum(match => Number(match.Groups[1].Value));
        var removed = RemovedRows().Matches(plan).Sum(match => Number(match.Groups[1].Value));
        (read + removed).ShouldBeLessThanOrEqualTo(rows + 2, plan);
    }

    private static int Number(string text) => (int)double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Index (?:Only )?Scan.*actual [^)]*?rows=([\d.]+)")]
    private static partial Regex ScannedRows();

    [GeneratedRegex(@"Rows Removed by Filter: ([\d.]+)")]
    private static partial Regex RemovedRows();

    /// <summary>Starts a service whose statements are captured. The job that reads lists of sessions too does not run.</summary>
    private Task<QrAiHost> StartWatchedAsync() =>
        StartAsync(configure: services =>
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(SessionIndexing)));
            _statements.Watch(services, Kind);
        });

    /// <summary>Returns the plan of the only statement of a request that contains a text.</summary>
    private async Task<string> PlanOfAsync(Func<Task> request, string part)
    {
        _statements.Clear();
        await request();
        var (sql, parameters) = _statements.All.Single(each =>
            each.Sql.Replace("\"", "", StringComparison.Ordinal).Contains(part, StringComparison.Ordinal)
        );
        return await PlanAsync(sql, parameters);
    }

    private async Task<string> PlanAsync(string sql, IEnumerable<DbParameter> parameters)
    {
        DbConnection connection =
            Kind == DatabaseKind.Postgres
                ? new NpgsqlConnection(PostgresUrl.ToConnectionString(await DatabaseUrlAsync()) + ";Pooling=false")
                : new SqliteConnection($"Data Source={(await DatabaseUrlAsync())["sqlite://".Length..]};Pooling=false");
        await using var owned = connection;
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the statement is from the service
        command.CommandText =
            (Kind == DatabaseKind.Postgres ? "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " : "EXPLAIN QUERY PLAN ") + sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync())
            plan.Add(reader.GetString(reader.FieldCount - 1));
        return string.Join('\n', plan);
    }

    /// <summary>Creates copies of a session or of its messages with SQL.</summary>
    private async Task<Guid> FillAsync(QrAiHost qrai, int sessions = 0, int messages = 0)
    {
        var asked = await qrai.AskAsync("First?");
        await using var database = await OpenDatabaseAsync();
        var postgres = Kind == DatabaseKind.Postgres;
        var numbers = postgres
            ? "generate_series(3, {0}) AS n(value)"
            : "(WITH RECURSIVE n(value) AS (SELECT 3 UNION ALL SELECT value + 1 FROM n WHERE value < {0}) SELECT value FROM n) AS n";
        var id = postgres ? "gen_random_uuid()" : "upper(printf('%08x-0000-7000-8000-%012x', n.value, n.value))";
        if (sessions > 0)
            await database.ExecuteAsync(
                "INSERT INTO sessions (id, title, folded_title, message_count, created_at, updated_at) "
                    + $"SELECT {id}, 'Copy', 'COPY', 0, created_at, "
                    + (postgres ? "updated_at - n.value * interval '1 second'" : "updated_at - n.value * 10000000")
                    + $" FROM sessions, {string.Format(CultureInfo.InvariantCulture, numbers, sessions)}"
            );
        if (messages > 0)
        {
            await database.ExecuteAsync(
                "INSERT INTO messages (id, session_id, number, role, content, status, created_at) "
                    + $"SELECT {id}, session_id, n.value, CASE n.value % 2 WHEN 0 THEN 'assistant' ELSE 'user' END, 'Copy', 'completed', created_at "
                    + "FROM messages, "
                    + string.Format(CultureInfo.InvariantCulture, numbers, messages)
                    + " WHERE messages.number = 1"
            );
            await database.ExecuteAsync($"UPDATE sessions SET message_count = {messages}");
        }

        await database.ExecuteAsync("ANALYZE");
        return asked.SessionId;
    }
}
