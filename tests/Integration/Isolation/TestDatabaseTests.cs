namespace QrAi.Tests.Integration.Isolation;

/// <summary>
/// Two identical tests: the second must find no data of the first one, so the pair proves the isolation in both
/// orders.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class TestDatabaseTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public Task The_first_test_does_not_see_the_data_of_the_second() => FindNothingThenWriteAsync();

    [Test]
    public Task The_second_test_does_not_see_the_data_of_the_first() => FindNothingThenWriteAsync();

    private async Task FindNothingThenWriteAsync()
    {
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
        await using var qrai = await StartAsync();

        await qrai.AskAsync("Does anybody see this?");

        (await database.CountsAsync()).ShouldBe((1, 2));
    }
}
