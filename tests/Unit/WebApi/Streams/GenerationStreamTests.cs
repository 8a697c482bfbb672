using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using QrAi.Application.Generations;
using QrAi.WebApi.Streams;

namespace QrAi.Tests.Unit.WebApi.Streams;

/// <summary>The negotiation of streams, and the times of events and comments.</summary>
public sealed class GenerationStreamTests : GenerationStreamTest
{
    [TestCase("text/event-stream", true)]
    [TestCase("application/json, text/event-stream", true)]
    [TestCase("application/json;q=0.5, text/event-stream;q=0.6", true)]
    [TestCase("text/event-stream;q=0.1", true)]
    [TestCase("*/*;q=0.1, text/event-stream;q=0.2", true)]
    [TestCase("application/json;q=0.1, */*, text/event-stream;q=0.5", true)]
    [TestCase("application/json, text/event-stream;q=0.5", false)]
    [TestCase("text/event-stream;q=0.1, */*", false)]
    [TestCase("text/event-stream;q=0.4, application/*;q=0.5", false)]
    [TestCase("text/*", false)]
    [TestCase("TEXT/EVENT-STREAM; charset=utf-8", true)]
    [TestCase("text/event-stream;q=0", false)]
    [TestCase("application/json", false)]
    [TestCase("*/*", false)]
    [TestCase("", false)]
    public void A_stream_is_for_callers_that_accept_one(string accept, bool accepted)
    {
        Context.Request.Headers.Accept = accept;

        AnswerStream.IsAcceptedBy(Context.Request).ShouldBe(accepted);
    }

    [Test]
    public async Task A_stream_is_neither_cached_nor_buffered_by_proxies()
    {
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);
        await ExecuteAsync().Soon();

        Context.Response.StatusCode.ShouldBe(200);
        Context.Response.ContentType.ShouldBe("text/event-stream");
        Context.Response.Headers.CacheControl.ToString().ShouldBe("no-cache");
        Context.Response.Headers["X-Accel-Buffering"].ToString().ShouldBe("no");
        Held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task A_HEAD_request_does_not_wait()
    {
        await ExecuteHeadAsync().Soon();

        Context.Response.StatusCode.ShouldBe(200);
        Context.Response.ContentType.ShouldBe("text/event-stream");
        Held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task A_slow_reader_gets_a_long_answer_in_pieces_and_never_as_a_whole()
    {
        const int MaxBuffer = 128 * 1024; // two pieces of 16 Ki characters of three bytes
        var text = string.Concat(Enumerable.Repeat("日本", 500_000));
        Answer.Begin("openrouter", "model");
        Answer.Append(text);
        Answer.Finish(Completed);
        var received = new StringBuilder();
        var largest = 0L;

        var stream = ExecuteAsync();
        do
        {
            var read = await Wire.Reader.ReadAsync().AsTask().Soon();
            largest = Math.Max(largest, read.Buffer.Length);
            received.Append(Encoding.UTF8.GetString(read.Buffer));
            Wire.Reader.AdvanceTo(read.Buffer.End);
        } while (
            !received
                .ToString(Math.Max(0, received.Length - 6), Math.Min(6, received.Length))
                .EndsWith("}}\n\n", StringComparison.Ordinal)
        );

        await stream.Soon();
        largest.ShouldBeLessThan(MaxBuffer);
        var last = received.ToString().Split("event: completed\ndata: ")[1];
        JsonElement.Parse(last).GetProperty("answer").GetProperty("content").GetString().ShouldBe(text);
    }

    [Test]
    public async Task Each_event_is_sent_immediately()
    {
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        (await ReadAsync()).ShouldStartWith("id: 1\nevent: started\n");
        Answer.Append("Hel");
        (await ReadAsync()).ShouldBe("id: 1.3\nevent: delta\ndata: {\"text\":\"Hel\"}\n\n");
        Answer.Append("lo");
        (await ReadAsync()).ShouldBe("id: 1.5\nevent: delta\ndata: {\"text\":\"lo\"}\n\n");
        Answer.Finish(Completed);

        await stream.Soon();
        (await ReadAsync()).ShouldStartWith("id: 1.5.end\nevent: completed\n");
    }

    [Test]
    public async Task Every_15_seconds_of_silence_there_is_a_comment()
    {
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        await ReadAsync();
        for (var i = 0; i < 3; i++)
            await ShouldCommentAsync();

        Answer.Append("lo");
        (await ReadAsync()).ShouldStartWith("id: 1.2\n");
        Answer.Finish(Completed);
        await stream.Soon();
    }

    [Test]
    public async Task Until_the_first_event_there_is_a_comment_every_15_seconds_too()
    {
        var stream = ExecuteAsync();
        await ShouldCommentAsync();
        await ShouldCommentAsync();
        Context.Response.ContentType.ShouldBe("text/event-stream");
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);

        await stream.Soon();
        (await ReadAsync()).ShouldStartWith("id: 1\nevent: started\n");
    }

    [Test]
    public async Task While_the_answer_is_being_found_there_is_a_comment_every_15_seconds_too()
    {
        var finding = new TaskCompletionSource<Follower>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = new AnswerStream(finding.Task).ExecuteAsync(Context);
        await ShouldCommentAsync();
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);
        finding.SetResult(new Follower(Held));

        await stream.Soon();
    }
}
