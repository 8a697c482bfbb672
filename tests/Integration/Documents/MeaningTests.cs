using System.Net;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Documents;

/// <summary>The search by the meaning of a query.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class MeaningTests(DatabaseKind kind) : EmbeddingTest(kind)
{
    [Test]
    public async Task A_passage_is_found_without_a_common_word()
    {
        await using var qrai = await StartEmbeddingAsync();
        var car = await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await qrai.AddReadyAsync("leave.txt", "Apply for leave three days before.");
        await EmbeddedAsync(2);

        var found = (await qrai.SearchAsync("自動車")).ShouldHaveSingleItem();

        found.DocumentId.ShouldBe(car.Id);
        found.Score!.Value.ShouldBe(1 / 61f, 0.0001f);
        Provider.Embeddings.Requests.ShouldAllBe(request => request.Model == "embed");
        Provider.Embeddings.Requests.ShouldAllBe(request =>
            request.Authorization == $"Bearer {QrAiHost.OpenRouterKey}"
        );
        Provider.Embeddings.Texts.ShouldContain("car\nThe car is parked outside.");
        (await qrai.SearchAsync("quantum")).ShouldBeEmpty();
    }

    [Test]
    public async Task A_passage_that_words_and_meaning_find_is_the_best()
    {
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("1.txt", "A vehicle needs an inspection.");
        var both = await qrai.AddReadyAsync("2.txt", "Parking of a car.");
        await qrai.AddReadyAsync("3.txt", "Parking, parking, and parking of bicycles.");
        await EmbeddedAsync(3);

        var found = await qrai.SearchAsync("parking a 自動車");

        found.Count.ShouldBe(3);
        found[0].DocumentId.ShouldBe(both.Id);
    }

    [Test]
    public async Task A_follow_up_question_is_embedded_with_the_turn_before()
    {
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await EmbeddedAsync(1);
        Provider.Enqueue(Reply.Answer("外です。"));
        var session = (await qrai.AskAsync("自動車はどこ？")).SessionId;

        await qrai.AskAsync("なぜ？", session);

        Provider.Embeddings.Texts.ShouldContain("自動車はどこ？\n外です。\nなぜ？");
        Provider.Requests[^1].Messages[^1].Content.ShouldContain("parked outside");
    }

    [Test]
    public async Task Nothing_is_sent_without_the_setting()
    {
        await using var qrai = await StartAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");

        (await qrai.SearchAsync("自動車")).ShouldBeEmpty();
        (await qrai.SearchAsync("car")).Count.ShouldBe(1);

        Provider.Embeddings.Requests.ShouldBeEmpty();
        (await CountAsync("embedding_tasks")).ShouldBe(0);
    }

    [Test]
    public async Task A_query_is_sent_only_where_there_are_vectors_to_compare()
    {
        await using var qrai = await StartEmbeddingAsync();

        (await qrai.SearchAsync("car")).ShouldBeEmpty();

        Provider.Embeddings.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_repeated_query_is_sent_once()
    {
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await EmbeddedAsync(1);

        for (var search = 0; search < 3; search++)
            (await qrai.SearchAsync("自動車")).Count.ShouldBe(1);

        Provider.Embeddings.Texts.Count(text => text == "自動車").ShouldBe(1);
    }

    [Test]
    public async Task Both_rankings_are_narrowed_to_documents()
    {
        await using var qrai = await StartEmbeddingAsync();
        var one = await qrai.AddReadyAsync("1.txt", "The car is parked outside.");
        var two = await qrai.AddReadyAsync("2.txt", "A vehicle needs an inspection.");
        await EmbeddedAsync(2);

        foreach (var id in new[] { one.Id, two.Id })
            (await qrai.SearchAsync("自動車", documentIds: [id])).ShouldHaveSingleItem().DocumentId.ShouldBe(id);
        (await qrai.SearchAsync("自動車", documentIds: [Guid.CreateVersion7()])).ShouldBeEmpty();
    }

    [Test]
    public async Task A_document_without_vectors_is_found_by_words_at_once_and_by_meaning_later()
    {
        var gate = new TaskCompletionSource();
        Provider.Embeddings.Gate = _ => gate.Task;
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");

        (await qrai.SearchAsync("parked")).Count.ShouldBe(1);
        (await qrai.SearchAsync("自動車")).ShouldBeEmpty();

        gate.SetResult();
        await EmbeddedAsync(1);
        (await qrai.SearchAsync("自動車")).Count.ShouldBe(1);
    }

    [Test]
    public async Task While_the_provider_fails_the_search_goes_on_with_words()
    {
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await EmbeddedAsync(1);
        Provider.Embeddings.Status = 500;

        (await qrai.SearchAsync("parked 自動車")).Count.ShouldBe(1);
        (await qrai.SearchAsync("自動車です")).ShouldBeEmpty();
        await qrai.AddReadyAsync("leave.txt", "Apply for leave.");
        (await qrai.SearchAsync("apply")).Count.ShouldBe(1);
        // Five failures in a row: it is not asked again for a while.
        await Eventually.Holds(() => Provider.Embeddings.Requests.Count(request => request.Texts.Count == 1) >= 5);
        for (var search = 0; search < 5; search++)
            (await qrai.SearchAsync($"parked {search}")).Count.ShouldBe(1);
        var asked = Provider.Embeddings.Texts.Count(text => text.StartsWith("parked", StringComparison.Ordinal));
        (await qrai.SearchAsync("parked again")).Count.ShouldBe(1);
        Provider.Embeddings.Texts.Count(text => text.StartsWith("parked", StringComparison.Ordinal)).ShouldBe(asked);

        Provider.Embeddings.Status = 200;
        await EmbeddedAsync(2);
    }

    [Test]
    public async Task A_provider_that_does_not_answer_a_query_delays_the_search_for_two_seconds_at_most()
    {
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await EmbeddedAsync(1);
        Provider.Embeddings.Gate = _ => new TaskCompletionSource().Task;

        var start = TimeProvider.System.GetTimestamp();
        (await qrai.SearchAsync("parked")).Count.ShouldBe(1);

        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task A_document_that_is_deleted_is_not_found_and_leaves_no_vectors()
    {
        await using var qrai = await StartEmbeddingAsync();
        var car = await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await EmbeddedAsync(1);
        (await qrai.SearchAsync("自動車")).Count.ShouldBe(1);

        using (var response = await qrai.SendAsync(HttpMethod.Delete, $"/api/documents/{car.Id}"))
            response.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await qrai.SearchAsync("自動車")).ShouldBeEmpty();
        (await CountAsync("vector_blocks")).ShouldBe(0);
    }

    [Test]
    public async Task Owners_find_what_is_theirs_and_what_is_shared()
    {
        await using var qrai = await StartEmbeddingAsync(new() { ["AUTHENTICATION"] = "api-key" });
        await using var alice = qrai.As((await qrai.CreateKeyAsync("alice", "alice", mayShare: true)).Secret);
        await using var bob = await qrai.AsAsync("bob");
        var hers = await alice.AddReadyAsync("hers.txt", "Her car is blue.");
        var shared = await alice.AddReadyAsync("shared.txt", "The car pool.", shared: true);
        var his = await bob.AddReadyAsync("his.txt", "His car is red.");
        await EmbeddedAsync(3);

        (await alice.SearchAsync("自動車"))
            .Select(one => one.DocumentId)
            .ShouldBe([hers.Id, shared.Id], ignoreOrder: true);
        (await bob.SearchAsync("自動車"))
            .Select(one => one.DocumentId)
            .ShouldBe([his.Id, shared.Id], ignoreOrder: true);
        (await bob.SearchAsync("自動車", documentIds: [hers.Id])).ShouldBeEmpty();
    }

    [Test]
    public async Task Vectors_that_do_not_fit_into_the_memory_leave_the_search_to_words()
    {
        await using var qrai = await StartEmbeddingAsync(configure: services => services.AddMemoryOf(bytes: 100));
        await qrai.AddReadyAsync("1.txt", "The car is parked outside.");
        await EmbeddedAsync(1);
        (await qrai.SearchAsync("自動車")).Count.ShouldBe(1);
        await qrai.AddReadyAsync("2.txt", "A vehicle needs an inspection.");
        await EmbeddedAsync(2);

        (await qrai.SearchAsync("自動車")).ShouldBeEmpty();
        (await qrai.SearchAsync("inspection")).Count.ShouldBe(1);
    }
}
