using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Persistence.Postgres;

public sealed class PostgresCapacityTests
{
    private static readonly DatabaseOptions Options = new()
    {
        Address = SqliteAddress.Default,
        PoolSize = 10,
        MaxOverflow = 20,
        Timeout = TimeSpan.FromSeconds(5),
        MigrateOnStart = false,
    };

    [TestCase(97, 7, 3)]
    [TestCase(30, 0, 1)]
    public void Replicas_that_fit_are_not_reported(int room, long others, long replicas) =>
        PostgresCapacity.Describe(room, others, replicas, Options).ShouldBeNull();

    [TestCase(97, 8, 3)]
    [TestCase(29, 0, 1)]
    public void Replicas_that_do_not_fit_are_reported_with_the_numbers_and_the_settings(
        int room,
        long others,
        long replicas
    )
    {
        var shortage = PostgresCapacity.Describe(room, others, replicas, Options).ShouldNotBeNull();

        foreach (var part in new[] { $"{replicas} replicas", "30 connections each", $"{others}", $"{room}" })
            shortage.ShouldContain(part);
        shortage.ShouldContain("DATABASE_POOL_SIZE");
        shortage.ShouldContain("max_connections");
    }
}
