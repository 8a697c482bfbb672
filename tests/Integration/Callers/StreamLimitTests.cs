using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Callers;

/// <summary>The limit of concurrent streams of a caller, which does not depend on the database.</summary>
public sealed class StreamLimitTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private static readonly Dictionary<string, string> _two = new() { ["STREAMS_PER_CALLER"] = "2" };

    [Test]
    public async Task A_stream_beyond_the_limit_is_refused_on_every_route_and_creates_nothing()
    {
        await using var qrai = await StartAsync(_two);
        var (gates, streams) = await OpenAsync(qrai, 2);
        var answer = (await qrai.LatestAnswerAsync()).Id;

        await qrai.SendAsync(HttpMethod.Post, "/api/questions", new { question = "Another?" }, AcceptStream)
            .ShouldBeProblem(429, "rate_limited");
        await qrai.GetAsync($"/api/answers/{answer}/stream").ShouldBeProblem(429, "rate_limited");
        using (
            var completion = await qrai.PostAsync(
                "/v1/chat/completions",
                new
                {
                    model = "openrouter",
                    stream = true,
                    messages = new[] { new { role = "user", content = "Who?" } },
                }
            )
        )
        {
            completion.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            completion.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
            (await JsonAsync(completion)).GetProperty("error").GetProperty("code").GetString().ShouldBe("rate_limited");
        }

        using (
            var subscription = await qrai.SendAsync(
                HttpMethod.Post,
                "/graphql",
                new { query = $"subscription {{ answer(id: \"{answer}\") {{ id }} }}" },
                AcceptStream
            )
        )
        {
            subscription.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            subscription.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
            var error = (await JsonAsync(subscription)).GetProperty("errors")[0];
            error.GetProperty("extensions").GetProperty("code").GetString().ShouldBe("rate_limited");
        }

        (await qrai.ListSessionsAsync()).Items.Count.ShouldBe(2);
        Provider.Requests.Count.ShouldBe(2);
        await CloseAsync(gates, streams);
    }

    [Test]
    public async Task A_request_without_a_stream_does_not_count()
    {
        await using var qrai = await StartAsync(_two);
        var (gates, streams) = await OpenAsync(qrai, 2);

        (await qrai.AskAsync("Without?")).Answer.Status.ShouldBe("completed");

        await CloseAsync(gates, streams);
    }

    [Test]
    public async Task A_stream_that_ended_or_was_disconnected_no_longer_counts()
    {
        await using var qrai = await StartAsync(_two);
        var (gates, streams) = await OpenAsync(qrai, 2);

        gates[0].Finish("End");
        await streams[0].ReadToEndAsync();
        await streams[0].DisposeAsync();
        await streams[1].DisposeAsync(); // disconnects before the end
        gates[1].Finish("End");

        var answer = (await qrai.LatestAnswerAsync()).Id;
        await Eventually.Holds(async () =>
        {
            await using var one = await qrai.FollowAsync(answer);
            await using var two = await qrai.FollowAsync(answer);
            return true;
        });
    }

    [Test]
    public async Task Each_owner_has_a_separate_limit()
    {
        await using var qrai = await StartAsync(
            new Dictionary<string, string>(_two) { ["AUTHENTICATION"] = "api-key" }
        );
        await using var alice = await qrai.AsAsync("alice");
        await using var bob = await qrai.AsAsync("bob");
        var (gates, streams) = await OpenAsync(alice, 2);

        var (others, otherStreams) = await OpenAsync(bob, 2);

        await CloseAsync([.. gates, .. others], [.. streams, .. otherStreams]);
    }

    private async Task<(List<GatedReply>, List<EventStreamReader>)> OpenAsync(QrAiClient caller, int count)
    {
        var gates = new List<GatedReply>();
        var streams = new List<EventStreamReader>();
        for (var number = 0; number < count; number++)
        {
            var gate = Gate();
            gate.Send("Begun");
            gates.Add(gate);
            streams.Add(await caller.AskStreamingAsync("Streamed?"));
        }

        return (gates, streams);
    }

    private static async Task CloseAsync(List<GatedReply> gates, List<EventStreamReader> streams)
    {
        foreach (var gate in gates)
            gate.Finish("End");
        foreach (var stream in streams)
            await stream.DisposeAsync();
    }

    private static void AcceptStream(System.Net.Http.Headers.HttpRequestHeaders headers) =>
        headers.Accept.ParseAdd("text/event-stream");

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync());
}
