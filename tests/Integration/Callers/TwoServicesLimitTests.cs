using System.Net;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Callers;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Integration.Callers;

/// <summary>The limits of callers over two services on one database.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class TwoServicesLimitTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task Questions_at_one_service_count_at_the_other()
    {
        var settings = new Dictionary<string, string> { ["RATE_LIMIT_PER_MINUTE"] = "1", ["RATE_LIMIT_BURST"] = "3" };
        await using var one = await StartAsync(settings);
        await using var other = await StartAsync(settings);
        await SeenAsync(2);
        for (var question = 0; question < 3; question++)
            await one.AskAsync("Why?");

        var limit = other.Services.GetRequiredService<QuestionLimit>();
        await Eventually.Holds(() =>
        {
            if (limit.TryCount(Owners.Unauthenticated) is not null)
                return Task.FromResult(true);
            limit.GiveBack(Owners.Unauthenticated);
            return Task.FromResult(false);
        });

        await other.PostAsync("/api/questions", new { question = "Why?" }).ShouldBeProblem(429, "rate_limited");
    }

    [Test]
    public async Task Streams_of_one_service_count_at_the_other_until_they_end()
    {
        var settings = new Dictionary<string, string> { ["STREAMS_PER_CALLER"] = "1" };
        await using var one = await StartAsync(settings);
        await using var other = await StartAsync(settings);
        var gate = Gate();
        gate.Send("Begun");
        var stream = await one.AskStreamingAsync("Streamed?");
        var answer = (await one.LatestAnswerAsync()).Id;

        await Eventually.Holds(async () => await FollowedStatusAsync(other, answer) == HttpStatusCode.TooManyRequests);
        gate.Finish("End");
        await stream.DisposeAsync();

        await Eventually.Holds(async () => await FollowedStatusAsync(other, answer) == HttpStatusCode.OK);
    }

    private static async Task<HttpStatusCode> FollowedStatusAsync(QrAiClient caller, Guid answer)
    {
        using var response = await caller.SendAsync(
            HttpMethod.Get,
            $"/api/answers/{answer}/stream",
            body: null,
            headers => headers.Accept.ParseAdd("text/event-stream"),
            HttpCompletionOption.ResponseHeadersRead
        );
        return response.StatusCode;
    }

    /// <summary>Waits until services have published their loads.</summary>
    private async Task SeenAsync(int services)
    {
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () =>
            await database.NumberAsync("SELECT count(*) FROM workers WHERE load <> ''") == services
        );
    }
}
