using System.Text.Json.Nodes;

namespace QrAi.Tests.Integration.Documents;

/// <summary>Embedding in the background.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class EmbeddingJobTests(DatabaseKind kind) : EmbeddingTest(kind)
{
    private static readonly Dictionary<string, Action<JsonArray>> _distortions = new()
    {
        ["too few vectors"] = data => data.RemoveAt(0),
        ["a vector twice"] = data => data[0]!["index"] = 1,
        ["an index beyond the last"] = data => data[0]!["index"] = data.Count,
        ["a number that is not finite"] = data => data[0]!["embedding"]![0] = JsonNode.Parse("1e99"),
        ["a vector of another dimension"] = data => data[0]!["embedding"]!.AsArray().Add(1),
        ["no numbers"] = data => data[0]!["embedding"] = "AAAA",
        ["no vector"] = data => data[0] = null,
    };

    private static IEnumerable<string> Distortions => _distortions.Keys;

    [TestCaseSource(nameof(Distortions))]
    public async Task A_response_that_cannot_be_used_stores_nothing_and_the_document_is_tried_again(string distortion)
    {
        Provider.Embeddings.Distort = _distortions[distortion];
        await using var qrai = await StartEmbeddingAsync();
        var car = await qrai.AddReadyAsync("car.md", Long(passages: 2) + "\n\n## The end\n\nA vehicle is parked.");
        await FailedAsync(1);

        (await CountAsync("vector_blocks")).ShouldBe(0);
        (await qrai.SearchAsync("parked")).ShouldNotBeEmpty();

        Provider.Embeddings.Distort = null;
        await DueAsync();
        await EmbeddedAsync(1);
        (await qrai.SearchAsync("自動車")).ShouldHaveSingleItem().DocumentId.ShouldBe(car.Id);
    }

    [Test]
    public async Task Vectors_of_another_dimension_in_the_middle_of_a_document_store_nothing()
    {
        Provider.Embeddings.Distort = data =>
        {
            if (data.Count < 32)
                foreach (var item in data)
                    item!["embedding"]!.AsArray().Add(1);
        };
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("long.md", Long(passages: 40));
        await FailedAsync(1);

        Provider.Embeddings.Requests.Select(request => request.Texts.Count).ShouldBe([32, 8]);
        (await CountAsync("vector_blocks")).ShouldBe(0);
    }

    [Test]
    public async Task A_long_document_is_embedded_in_batches_and_each_of_its_passages_is_found()
    {
        await using var qrai = await StartEmbeddingAsync();
        var document = await qrai.AddReadyAsync("long.md", Long(passages: 300) + "\n\n## The end\n\nA vehicle.");
        await EmbeddedAsync(1);

        Provider.Embeddings.Requests.ShouldAllBe(request => request.Texts.Count <= 32);
        (await CountAsync("vector_blocks")).ShouldBe(2);
        (await qrai.SearchAsync("自動車")).ShouldHaveSingleItem().Number.ShouldBe(document.Passages!.Value);
    }

    [Test]
    public async Task Texts_that_the_provider_refuses_do_not_block_other_documents()
    {
        Provider.Embeddings.Status = 422;
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("refused.txt", "A vehicle of war.");
        await FailedAsync(1);
        Provider.Embeddings.Status = 200;

        var accepted = await qrai.AddReadyAsync("accepted.txt", "The car is parked outside.");
        await EmbeddedAsync(1);

        (await qrai.SearchAsync("自動車")).ShouldHaveSingleItem().DocumentId.ShouldBe(accepted.Id);
    }

    [Test]
    public async Task While_a_changed_model_embeds_anew_the_old_one_serves()
    {
        Guid id;
        await using (var before = await StartEmbeddingAsync())
        {
            id = (await before.AddReadyAsync("car.txt", "The car is parked outside.")).Id;
            await EmbeddedAsync(1);
        }

        var gate = new TaskCompletionSource();
        Provider.Embeddings.Gate = request => request.Model == "newer" ? gate.Task : Task.CompletedTask;
        await using var after = await StartEmbeddingAsync(model: "newer");
        await Eventually.Holds(() => Provider.Embeddings.Requests.Any(request => request.Model == "newer"));

        (await after.SearchAsync("自動車")).ShouldHaveSingleItem().DocumentId.ShouldBe(id);

        gate.SetResult();
        await EmbeddedAsync(1, "newer");
        await EmbeddedAsync(0, "embed");
        (await after.SearchAsync("vehicle")).ShouldHaveSingleItem().DocumentId.ShouldBe(id);
        Provider
            .Embeddings.Requests[^1]
            .ShouldSatisfyAllConditions(
                request => request.Model.ShouldBe("newer"),
                request => request.Texts.ShouldBe(["vehicle"])
            );
    }

    [Test]
    public async Task Documents_of_a_service_without_the_setting_are_embedded_when_it_has_one()
    {
        await using (var before = await StartAsync())
            await before.AddReadyAsync("car.txt", "The car is parked outside.");

        await using var after = await StartEmbeddingAsync();
        await EmbeddedAsync(1);

        (await after.SearchAsync("自動車")).Count.ShouldBe(1);
    }

    [Test]
    public async Task A_document_whose_process_died_is_embedded_when_its_claim_has_expired()
    {
        var calls = 0;
        Provider.Embeddings.Gate = _ =>
            Interlocked.Increment(ref calls) == 1 ? new TaskCompletionSource().Task : Task.CompletedTask;
        await using var qrai = await StartEmbeddingAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await Eventually.Holds(() => calls == 1);

        await DueAsync();

        await EmbeddedAsync(1);
        (await CountAsync("embedding_tasks")).ShouldBe(0);
    }

    [Test]
    public async Task A_service_that_stops_gives_its_claim_back()
    {
        Provider.Embeddings.Gate = _ => new TaskCompletionSource().Task;
        await using (var first = await StartEmbeddingAsync())
        {
            await first.AddReadyAsync("car.txt", "The car is parked outside.");
            await Eventually.Holds(() => Provider.Embeddings.Requests.Count == 1);
        }

        Provider.Embeddings.Gate = null;
        await using var second = await StartEmbeddingAsync();

        await EmbeddedAsync(1);
    }

    [Test]
    public async Task A_document_that_is_read_again_gets_other_vectors_and_loses_the_old_ones()
    {
        await using var qrai = await StartEmbeddingAsync();
        await using var database = await OpenDatabaseAsync();
        await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await EmbeddedAsync(1);
        var before = await database.NumberAsync("SELECT first_passage_id FROM vector_blocks");

        await database.ExecuteAsync("UPDATE documents SET status = 'queued'");

        await Eventually.Holds(async () =>
            await database.NumberAsync("SELECT coalesce(max(first_passage_id), 0) FROM vector_blocks") > before
        );
        (await CountAsync("vector_blocks")).ShouldBe(1);
        (await qrai.SearchAsync("自動車")).Count.ShouldBe(1);
    }

    [Test]
    public async Task A_document_that_is_deleted_while_it_is_embedded_leaves_nothing()
    {
        var gate = new TaskCompletionSource();
        Provider.Embeddings.Gate = _ => gate.Task;
        await using var qrai = await StartEmbeddingAsync();
        var deleted = await qrai.AddReadyAsync("car.txt", "The car is parked outside.");
        await Eventually.Holds(() => Provider.Embeddings.Requests.Count == 1);

        using (await qrai.SendAsync(HttpMethod.Delete, $"/api/documents/{deleted.Id}")) { }
        gate.SetResult();
        var kept = await qrai.AddReadyAsync("leave.txt", "Apply for leave.");
        await EmbeddedAsync(1);

        (await qrai.SearchAsync("vacation")).ShouldHaveSingleItem().DocumentId.ShouldBe(kept.Id);
        (await CountAsync("vector_blocks")).ShouldBe(1);
        (await CountAsync("embedding_tasks")).ShouldBe(0);
    }

    private static string Long(int passages) =>
        string.Join(
            "\n\n",
            Enumerable
                .Range(1, passages)
                .Select(number => $"## Part {number}\n\n{string.Concat(Enumerable.Repeat("Nothing of note. ", 40))}")
        );

    /// <summary>Waits until this number of documents was tried without success.</summary>
    private async Task FailedAsync(int documents)
    {
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () =>
            await database.NumberAsync("SELECT count(*) FROM embedding_tasks WHERE failures > 0") == documents
        );
    }

    /// <summary>Ends all waits and claims, as if their time had passed.</summary>
    private async Task DueAsync()
    {
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync(
            $"UPDATE embedding_tasks SET not_before = {(Kind == DatabaseKind.Postgres ? "'epoch'" : "0")}"
        );
    }
}
