using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>What an operator can see of the pool, and what it keeps.</summary>
public sealed class PoolTests() : IntegrationTest(DatabaseKind.Postgres)
{
    private const string Shortage = "The database may run out of connections";

    [Test]
    public async Task A_pool_that_the_server_has_no_room_for_is_warned_of_at_the_start()
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
    public async Task Each_replica_counts_for_itself()
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

        // The one connection of the pool, with what the service left in it.
        await using var connection = await qrai.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var prepared = new Sql(connection);
        var statements = await prepared.TextAsync("SELECT statement FROM pg_prepared_statements");

        foreach (
            var part in new[] { "INSERT INTO sessions", "INSERT INTO messages", "UPDATE messages", "FROM messages" }
        )
            statements.ShouldContain(part);
    }

    [Test]
    public async Task The_pool_is_measured_under_a_name_that_gives_nothing_away()
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
        listener.SetMeasurementEventCallback<int>(Note);
        listener.SetMeasurementEventCallback<long>(Note);
        listener.Start();
        await using var qrai = await StartAsync(PoolOf(21, 16));
        await qrai.CreateSessionAsync("Measured");

        listener.RecordObservableInstruments();

        var ours = measured.Where(each => each.Tags.Contains("=qrai;", StringComparison.Ordinal)).ToList();
        ours.Select(each => each.Instrument).ShouldContain("db.client.connection.count");
        ours.ShouldContain(each => each.Instrument == "db.client.connection.max" && each.Value == 37);
        ours.ShouldAllBe(each => !each.Tags.Contains("Host", StringComparison.OrdinalIgnoreCase));

        void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
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
