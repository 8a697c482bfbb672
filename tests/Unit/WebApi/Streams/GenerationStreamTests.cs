using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.Tests.Unit.WebApi.Streams;

public sealed class GenerationStreamTests : IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private static readonly GenerationEnd Completed = new(
        MessageStatus.Completed,
        TestClock.Noon,
        null,
        null,
        [],
        null
    );

    private static readonly GenerationEnd Failed = Completed with
    {
        Status = MessageStatus.Failed,
        Error = new AnswerError("provider_failed", "Every provider failed."),
    };

    private readonly TestClock _clock = new();
    private readonly Pipe _wire = new();
    private readonly Held _held = new();
    private readonly DefaultHttpContext _context = new();
    private readonly ServiceProvider _services;

    public GenerationStreamTests()
    {
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock)
            .ConfigureHttpJsonOptions(json => QrAiJson.Configure(json.SerializerOptions))
            .BuildServiceProvider();
        _context.RequestServices = _services;
        var body = new Body(_wire.Writer.AsStream(leaveOpen: true));
        _context.Features.Set<IHttpResponseBodyFeature>(body);
        _context.Features.Set<IHttpResponseFeature>(new Head(body));
    }

    private Generation Answer => _held.Generation;

    [TearDown]
    public void Dispose() => _services.Dispose();

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
        _context.Request.Headers.Accept = accept;

        AnswerStream.IsAcceptedBy(_context.Request).ShouldBe(accepted);
    }

    [Test]
    public async Task A_stream_is_neither_kept_nor_held_up_on_its_way()
    {
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);
        await ExecuteAsync().Soon();

        _context.Response.StatusCode.ShouldBe(200);
        _context.Response.ContentType.ShouldBe("text/event-stream");
        _context.Response.Headers.CacheControl.ToString().ShouldBe("no-cache");
        _context.Response.Headers["X-Accel-Buffering"].ToString().ShouldBe("no");
        _held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task Who_asks_for_the_head_alone_waits_for_nothing()
    {
        await ExecuteHeadAsync().Soon();

        _context.Response.StatusCode.ShouldBe(200);
        _context.Response.ContentType.ShouldBe("text/event-stream");
        _held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task The_head_of_an_answer_that_failed_before_it_started_is_the_problems()
    {
        Answer.Finish(Failed);

        await Should.ThrowAsync<AnswerFailedException>(() => ExecuteHeadAsync().Soon());
    }

    [Test]
    public async Task A_slow_reader_has_a_long_answer_in_pieces_and_never_as_a_whole()
    {
        const int Most = 128 * 1024; // two pieces of 16 Ki characters of three bytes
        var text = string.Concat(Enumerable.Repeat("日本", 500_000));
        Answer.Begin("openrouter", "model");
        Answer.Append(text);
        Answer.Finish(Completed);
        var received = new StringBuilder();
        var largest = 0L;

        var stream = ExecuteAsync();
        do
        {
            var read = await _wire.Reader.ReadAsync().AsTask().Soon();
            largest = Math.Max(largest, read.Buffer.Length);
            received.Append(Encoding.UTF8.GetString(read.Buffer));
            _wire.Reader.AdvanceTo(read.Buffer.End);
        } while (
            !received
                .ToString(Math.Max(0, received.Length - 6), Math.Min(6, received.Length))
                .EndsWith("}}\n\n", StringComparison.Ordinal)
        );

        await stream.Soon();
        largest.ShouldBeLessThan(Most);
        var last = received.ToString().Split("event: completed\ndata: ")[1];
        JsonElement.Parse(last).GetProperty("answer").GetProperty("content").GetString().ShouldBe(text);
    }

    [Test]
    public async Task Each_event_goes_out_at_once()
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
        _context.Response.ContentType.ShouldBe("text/event-stream");
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);

        await stream.Soon();
        (await ReadAsync()).ShouldStartWith("id: 1\nevent: started\n");
    }

    [Test]
    public async Task While_the_answer_is_looked_for_there_is_a_comment_every_15_seconds_too()
    {
        var finding = new TaskCompletionSource<Follower>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stream = new AnswerStream(finding.Task).ExecuteAsync(_context);
        await ShouldCommentAsync();
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);
        finding.SetResult(new Follower(_held));

        await stream.Soon();
    }

    [Test]
    public async Task An_answer_that_failed_before_it_started_is_a_problem_and_no_stream()
    {
        Answer.Finish(Failed);

        var problem = await Should.ThrowAsync<AnswerFailedException>(() => ExecuteAsync().Soon());

        problem.Answer.Error.ShouldBe(Failed.Error);
        _context.Response.ContentType.ShouldBeNull();
        _held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task After_a_comment_an_answer_that_failed_before_it_started_is_an_event()
    {
        var stream = ExecuteAsync();
        await ShouldCommentAsync();
        Answer.Finish(Failed);

        await stream.Soon();
        (await ReadAsync()).ShouldStartWith("id: 1.0.end\nevent: failed\n");
    }

    [Test]
    public async Task What_goes_wrong_before_the_first_event_is_a_problem_and_no_stream()
    {
        var following = Task.FromException<Follower>(new NotFoundException("answer", Guid.Empty));

        await Should.ThrowAsync<NotFoundException>(() => new AnswerStream(following).ExecuteAsync(_context).Soon());
        _context.Response.ContentType.ShouldBeNull();
    }

    [Test]
    public async Task An_answer_that_failed_after_it_started_ends_the_stream()
    {
        Answer.Begin("openrouter", "model");
        Answer.Finish(Failed);
        await ExecuteAsync().Soon();

        (await ReadAsync()).ShouldContain("event: failed\n");
    }

    [Test]
    public async Task Who_has_the_last_event_gets_no_content()
    {
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);
        await ExecuteAsync(new Position(1, 0, IsEnd: true)).Soon();

        _context.Response.StatusCode.ShouldBe(204);
        _context.Response.ContentType.ShouldBeNull();
        _held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task A_caller_that_leaves_ends_the_stream()
    {
        using var leaving = new CancellationTokenSource();
        _context.RequestAborted = leaving.Token;
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        await ReadAsync();
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => stream.Soon());
        _held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task A_caller_that_leaves_before_the_answer_is_found_does_not_follow_it()
    {
        using var leaving = new CancellationTokenSource();
        _context.RequestAborted = leaving.Token;
        var finding = new TaskCompletionSource<Follower>();
        var stream = new AnswerStream(finding.Task).ExecuteAsync(_context);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => stream.Soon());

        finding.SetResult(new Follower(_held));

        await Eventually.Holds(() => _held.HasLeft);
    }

    [Test]
    public async Task When_another_process_goes_on_with_the_answer_the_stream_ends_and_the_caller_comes_back()
    {
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        await ReadAsync();
        Answer.Break(new ShuttingDownException());

        await stream.Soon();
    }

    [Test]
    public async Task What_goes_wrong_after_the_first_event_breaks_the_stream()
    {
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        await ReadAsync();
        Answer.Break(new DatabaseUnavailableException("Away."));

        await Should.ThrowAsync<DatabaseUnavailableException>(() => stream.Soon());
    }

    /// <summary>As the service does it with HEAD.</summary>
    private async Task ExecuteHeadAsync()
    {
        _context.Request.Method = HttpMethods.Head;
        var app = new ApplicationBuilder(_services);
        app.UseHeadRequests();
        app.Run(_ => ExecuteAsync());
        await app.Build()(_context);
    }

    private Task ExecuteAsync(Position after = default) =>
        new AnswerStream(Task.FromResult(new Follower(_held, after))).ExecuteAsync(_context);

    private async Task ShouldCommentAsync()
    {
        await _clock.PassAsync(LongestSilence).Soon();
        (await ReadAsync()).ShouldBe(": waiting\n\n");
    }

    private async Task<string> ReadAsync()
    {
        var read = await _wire.Reader.ReadAsync().AsTask().Soon();
        var text = Encoding.UTF8.GetString(read.Buffer);
        _wire.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    /// <summary>An answer that notes when its follower leaves.</summary>
    private sealed class Held : IFollowedGeneration
    {
        public Generation Generation { get; } =
            new(
                new GenerationIdentity(
                    Guid.CreateVersion7(),
                    "me",
                    TestClock.Noon,
                    Guid.CreateVersion7(),
                    Guid.CreateVersion7()
                )
            );

        public bool HasLeft { get; private set; }

        public Task EndOrStallAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Leave() => HasLeft = true;
    }

    /// <summary>A body that knows whether it has started, as a server's does.</summary>
    private sealed class Body(Stream wire) : StreamResponseBodyFeature(wire)
    {
        public bool HasStarted { get; private set; }

        public override Task StartAsync(CancellationToken cancellationToken = default)
        {
            HasStarted = true;
            return base.StartAsync(cancellationToken);
        }
    }

    private sealed class Head(Body body) : HttpResponseFeature
    {
        public override bool HasStarted => body.HasStarted;
    }
}
