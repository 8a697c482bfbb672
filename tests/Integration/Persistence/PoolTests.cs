using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>The metrics and warnings of the pool, and its prepared statements.</summary>
public sealed class PoolTests() : IntegrationTest(DatabaseKind.Postgres)
{
    private const string Shortage = "The database may run out of connections";

    [Test]
    public async Task A_pool_that_is_larger_than_the_servers_limit_is_logged_at_the_start()
    {
        var url = await DatabaseUrlAsync();
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync($"ALTER DATABASE \"{PostgresUrl.DatabaseOf(url)}\" CONNECTION LIMIT 19");

        await using var one = await StartAsync(PoolOf(7, 13));
        await one.CreateSessionAsync("One");

        await Eventually.Holds(() =>
            Output.LinesWith(Shortage).Any(line => line.Contains("20 connections each") && line.Contains("allows 19"))
        );
    }

    [Test]
    public async Task Each_replica_is_counted()
    {
        await using var one = await StartAsync(PoolOf(300, 111));
        await one.CreateSessionAsync("One");

        await using var other = await StartAsync(PoolOf(300, 222));

        await Eventually.Holds(() =>
            Output
                .LinesWith(Shortage)
                .Any(line => line.Contains("522 connections each") && !line.Contains("Shortage: 1 replicas"))
        );
        await using var database = await OpenDatabaseAsync();
        (
            await database.NumberAsync(
                "SELECT count(DISTINCT application_name) FROM pg_stat_activity "
                    + "WHERE datname = current_database() AND application_name LIKE 'qrai/%'"
            )
        ).ShouldBe(2);
    }

    [Test]
    public async Task Statements_of_every_question_are_prepared()
    {
        await using var qrai = await StartAsync(PoolOf(1, 0));
        var session = (await qrai.AskAsync("Prepared?")).SessionId;
        for (var time = 1; time <= 3; time++)
        {
            await qrai.AskAsync("Prepared?");
            await qrai.AskAsync("Prepared?", session);
        }

        // The only connection of the pool, as the service left it.
        await using var connection = await qrai.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var prepared = new Sql(connection);
        var statements = await prepared.TextAsync("SELECT statement FROM pg_prepared_statements");

        foreach (
            var part in new[] { "INSERT INTO sessions", "INSERT INTO messages", "UPDATE messages", "FROM messages" }
        )
            statements.ShouldContain(part);
    }

    [Test]
    public async Task The_metrics_of_the_pool_do_not_contain_the_connection_string()
    {
        var measured = new ConcurrentBag<(string Instrument, long Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "Npgsql")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>(Add);
        listener.SetMeasurementEventCallback<long>(Add);
        listener.Start();
        await using var qrai = await StartAsync(PoolOf(21, 16));
        await qrai.CreateSessionAsync("Measured");

        listener.RecordObservableInstruments();

        var ours = measured.Where(each => each.Tags.Contains("=qrai;", StringComparison.Ordinal)).ToList();
        ours.Select(each => each.Instrument).ShouldContain("db.client.connection.count");
        ours.ShouldContain(each => each.Instrument == "db.client.connection.max" && each.Value == 37);
        ours.ShouldAllBe(each => !each.Tags.Contains("Host", StringComparison.OrdinalIgnoreCase));

        void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
            measured.Add(
                (
                    instrument.Name,
                    Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
                    string.Concat(tags.ToArray().Select(tag => $"{tag.Key}={tag.Value};"))
                )
            );
    }

    private static Dictionary<string, string> PoolOf(int size, int overflow) =>
        new() { ["DATABASE_POOL_SIZE"] = $"{size}", ["DATABASE_MAX_OVERFLOW"] = $"{overflow}" };
}
