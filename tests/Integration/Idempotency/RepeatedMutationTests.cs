namespace QrAi.Tests.Integration.Idempotency;

/// <summary>Mutations that are repeated with their key are executed once.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class RepeatedMutationTests(DatabaseKind kind) : IdempotencyTest(kind)
{
    [Test]
    public async Task Each_of_several_mutations_in_one_document_is_executed_once()
    {
        const string Mutation = """
            mutation {
              made: createSession(title: "Made") { id }
              also: createSession(title: "Also") { id }
              ask(input: { question: "Once?" }) { session { id } question { id } answer { id content } }
            }
            """;
        await using var qrai = await StartAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ExecuteAsync(qrai, "several", Mutation)));

        results.Distinct().ShouldHaveSingleItem().ShouldNotContain("errors");
        Provider.Requests.Count.ShouldBe(1);
        (await qrai.ListSessionsAsync()).Items.Count.ShouldBe(3);
    }

    [Test]
    public async Task A_repetition_does_not_undo_later_changes()
    {
        await using var qrai = await StartAsync();
        var id = (await qrai.CreateSessionAsync("First")).Id;
        var rename = $"mutation {{ renameSession(id: \"{id}\", title: \"Second\") {{ title }} }}";
        var first = await ExecuteAsync(qrai, "rename", rename);
        await qrai.RenameSessionAsync(id, "Third");

        (await ExecuteAsync(qrai, "rename", rename)).ShouldBe(first);
        (await qrai.GetSessionAsync(id)).Title.ShouldBe("Third");
    }

    [Test]
    public async Task A_repeated_deletion_is_not_an_error()
    {
        await using var qrai = await StartAsync();
        var id = (await qrai.CreateSessionAsync("Gone")).Id;
        var delete = $"mutation {{ deleteSession(id: \"{id}\") }}";
        var first = await ExecuteAsync(qrai, "delete", delete);

        (await ExecuteAsync(qrai, "delete", delete)).ShouldBe(first);
        (await ExecuteAsync(qrai, "other", delete)).ShouldContain("not_found");
    }

    [Test]
    public async Task A_subscription_with_a_key_does_not_block_others()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("On");
        await using var stream = await qrai.AskStreamingAsync("On?");
        var answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        var body = new { query = $"subscription {{ answer(id: \"{answer}\") {{ __typename }} }}" };

        using var one = await PostAsync(qrai, "follow", "/graphql", body, stream: true);
        using var other = await PostAsync(qrai, "follow", "/graphql", body, stream: true);

        other.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        gate.Finish();
    }

    private static async Task<string> ExecuteAsync(QrAiClient qrai, string key, string query)
    {
        using var response = await PostAsync(qrai, key, "/graphql", new { query });
        return await response.Content.ReadAsStringAsync();
    }
}
