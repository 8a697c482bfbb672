namespace QrAi.Tests.Integration.Persistence.Replicas;

/// <summary>Replicas of a program with separate migrations, on one database.</summary>
public abstract class ReplicaTest
{
    private string? _url;

    private protected string Url => _url!;

    [SetUp]
    public async Task CreateDatabaseAsync() => _url = await TestRun.Server.CreateDatabaseAsync();

    [TearDown]
    public async Task DropDatabaseAsync() => await TestRun.Server.DropDatabaseAsync(Url);

    private protected static async Task MigrateAloneAsync(string url, string? to = null)
    {
        await using var replica = new Replica(url);
        await replica.MigrateAsync(to);
    }

    private protected static async Task<IReadOnlyList<string>> AppliedAsync(Sql database) =>
        await database.NumberAsync("SELECT count(*) FROM pg_tables WHERE tablename = '__EFMigrationsHistory'") == 0
            ? []
            : await database.LinesAsync("SELECT migration_id FROM \"__EFMigrationsHistory\" ORDER BY 1");

    private protected static async Task<bool?> IsValidAsync(Sql database) =>
        await database.NumberAsync(
            $"SELECT coalesce((SELECT indisvalid::int FROM pg_index WHERE indexrelid = to_regclass('{ItemsByName.Index}')), -1)"
        ) switch
        {
            -1 => null,
            var valid => valid == 1,
        };

    private protected static async Task ShouldBeCompleteAsync(Sql database)
    {
        (await AppliedAsync(database)).ShouldBe(Replica.AllMigrations);
        (await IsValidAsync(database)).ShouldBe(true);
        (await database.NumberAsync("SELECT count(price) + count(*) FROM items")).ShouldBe(1_000);
        (await database.NumberAsync("SELECT count(*) FROM notes")).ShouldBe(0);
    }
}
