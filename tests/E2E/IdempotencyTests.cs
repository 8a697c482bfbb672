using System.Net.Http.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

public sealed class IdempotencyTests : ProgramTests
{
    [Test]
    public async Task After_a_crash_a_retry_gets_the_stored_question_without_another_call_of_the_provider(
        [Values] Database database
    )
    {
        var provider = await StartProviderAsync();
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(database);
        var program = await StartAsync(workplace);
        using var whole = await AskAsync(program, "whole", "What is whole?");
        var first = await whole.JsonAsync();
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        var asking = AskAsync(program, "half", "What is half?");
        await reply.Request.WaitAsync(Eventually.DefaultLimit);

        program.Kill();
        await program.ExitAsync();
        await Should.ThrowAsync<HttpRequestException>(asking);
        var next = await StartAsync(workplace);

        using var again = await AskAsync(next, "whole", "What is whole?");
        (await again.JsonAsync()).GetRawText().ShouldBe(first.GetRawText());
        var session = (await next.Http.ReadAsync("/api/sessions?limit=1")).GetProperty("items")[0];
        session.Text("title").ShouldBe("What is half?");
        var open = (await next.Http.MessagesAsync(session.Text("id")!))[^1].Text("id");
        var retrying = AskAsync(next, "half", "What is half?");
        // Its process is dead: the next one takes it over when the lease expires, or ends it at a cancellation.
        using var cancelled = await next.Http.PostAsync($"/api/answers/{open}/cancel", null);
        using var retried = await retrying.WaitAsync(Eventually.DefaultLimit);
        (await retried.JsonAsync()).Text("answer.id").ShouldBe(open);
        (await next.Http.ReadAsync("/api/sessions")).GetProperty("items").GetArrayLength().ShouldBe(2);
        provider.Requests.Count.ShouldBe(2);
    }

    private static async Task<HttpResponseMessage> AskAsync(QrAiProcess program, string key, string question)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/questions");
        request.Headers.Add("Idempotency-Key", key);
        request.Content = JsonContent.Create(new { question });
        return await program.Http.SendAsync(request);
    }
}
