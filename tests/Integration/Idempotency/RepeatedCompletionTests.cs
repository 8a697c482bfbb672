using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Idempotency;

/// <summary>A chat completion that is repeated with its key is generated once.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class RepeatedCompletionTests(DatabaseKind kind) : IdempotencyTest(kind)
{
    private const string Path = "/v1/chat/completions";

    [Test]
    public async Task Fifty_concurrent_requests_make_one_call_of_the_provider_and_get_one_result([Values] bool stream)
    {
        var gate = Gate();
        await using var qrai = await StartAsync();

        var asking = Enumerable.Range(0, 50).Select(_ => CompleteAsync(qrai, "fifty", stream)).ToList();
        gate.Send("One ");
        gate.Send("answer.");
        gate.Finish();
        var bodies = await Task.WhenAll(asking);

        // A request after the end receives the text in fewer pieces.
        bodies
            .Select(body => stream ? Joined(body) : body)
            .Distinct()
            .ShouldHaveSingleItem()
            .ShouldContain("One answer.");
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task After_a_restart_the_first_result_is_returned()
    {
        string first;
        await using (var before = await StartAsync())
            first = await CompleteAsync(before, "restart");
        await using var after = await StartAsync();

        (await CompleteAsync(after, "restart")).ShouldBe(first);
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task Another_service_waits_for_the_one_that_generates_it()
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var making = CompleteAsync(one, "both");
        await gate.Request;

        var waiting = CompleteAsync(other, "both");
        gate.Send("Both.");
        gate.Finish();

        (await waiting).ShouldBe(await making);
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_repetition_after_a_disconnect_is_attached_to_the_running_completion()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        using var leaving = new CancellationTokenSource();
        var left = PostAsync(qrai, "left", Path, Body(), cancellationToken: leaving.Token);
        await gate.Request;
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);
        gate.Send("Still here.");
        gate.Finish();

        (await CompleteAsync(qrai, "left")).ShouldContain("Still here.");
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_failed_completion_can_be_repeated()
    {
        Provider.Enqueue(Reply.Status(400));
        await using var qrai = await StartAsync();

        using var failed = await PostAsync(qrai, "again", Path, Body());
        failed.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        await using var database = await OpenDatabaseAsync();
        (await database.NumberAsync("SELECT count(*) FROM idempotency_records")).ShouldBe(0);

        (await CompleteAsync(qrai, "again")).ShouldContain("chat.completion");
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task The_same_key_with_another_body_is_refused_in_the_format_of_OpenAI()
    {
        await using var qrai = await StartAsync();
        await CompleteAsync(qrai, "reused");

        using var refused = await PostAsync(qrai, "reused", Path, Body("Else?"));

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var error = JsonElement.Parse(await refused.Content.ReadAsStringAsync()).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("idempotency_key_reused");
    }

    [Test]
    public async Task A_completion_whose_process_died_is_generated_again()
    {
        await using var qrai = await StartAsync();
        await CompleteAsync(qrai, "lost");
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync(
            $"UPDATE idempotency_records SET result = NULL, worker_id = '{Guid.CreateVersion7().ToString().ToUpperInvariant()}'"
        );

        await CompleteAsync(qrai, "lost");

        Provider.Requests.Count.ShouldBe(2);
    }

    private static string Joined(string stream)
    {
        stream.ShouldEndWith("data: [DONE]\n\n");
        var chunks = stream
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .SkipLast(1)
            .Select(chunk => JsonElement.Parse(chunk["data: ".Length..]))
            .ToList();
        var ids = chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct();
        var text = chunks
            .Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta"))
            .Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : "");
        return $"{ids.ShouldHaveSingleItem()} {string.Concat(text)}";
    }

    private static object Body(string text = "Once?", bool stream = false) =>
        new
        {
            model = "openrouter",
            stream,
            messages = new[] { new { role = "user", content = text } },
        };

    private static async Task<string> CompleteAsync(QrAiClient qrai, string key, bool stream = false)
    {
        using var response = await PostAsync(qrai, key, Path, Body(stream: stream));
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }
}
