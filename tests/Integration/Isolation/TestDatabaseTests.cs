namespace QrAi.Tests.Integration.Isolation;

/// <summary>
/// Two tests that are each other's mirror: whichever comes second must find nothing of what the first wrote, so the
/// pair proves both orders.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class TestDatabaseTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public Task What_one_test_writes_the_other_does_not_see() => FindNothingThenWriteAsync();

    [Test]
    public Task What_the_other_test_writes_the_one_does_not_see() => FindNothingThenWriteAsync();

    private async Task FindNothingThenWriteAsync()
    {
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
        await using var qrai = await StartAsync();

        await qrai.AskAsync("Does anybody see this?");

        (await database.CountsAsync()).ShouldBe((1, 2));
    }
}
