using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Hosting;
using QrAi.WebApi.Streams;

namespace QrAi.Tests.Unit.WebApi.Streams;

public sealed class AnswerStreamTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly Pipe _wire = new();
    private readonly Channel<NumberedAnswerEvent> _events = Channel.CreateUnbounded<NumberedAnswerEvent>();
    private readonly DefaultHttpContext _context = new();
    private readonly ServiceProvider _services;

    public AnswerStreamTests()
    {
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock)
            .ConfigureHttpJsonOptions(json => QrAiJson.Configure(json.SerializerOptions))
            .BuildServiceProvider();
        _context.RequestServices = _services;
        _context.Features.Set<IHttpResponseBodyFeature>(
            new StreamResponseBodyFeature(_wire.Writer.AsStream(leaveOpen: true))
        );
    }

    [TearDown]
    public void Dispose() => _services.Dispose();

    [TestCase("text/event-stream", true)]
    [TestCase("application/json, text/event-stream;q=0.5", true)]
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
        Tell(1, new AnswerEvent.Delta("Hello"));
        _events.Writer.Complete();
        await ExecuteAsync().Soon();

        _context.Response.StatusCode.ShouldBe(200);
        _context.Response.ContentType.ShouldBe("text/event-stream");
        _context.Response.Headers.CacheControl.ToString().ShouldBe("no-cache");
        _context.Response.Headers["X-Accel-Buffering"].ToString().ShouldBe("no");
    }

    [Test]
    public async Task Each_event_goes_out_at_once()
    {
        var stream = ExecuteAsync();
        Tell(1, new AnswerEvent.Delta("Hel"));
        (await ReadAsync()).ShouldBe("id: 1\nevent: delta\ndata: {\"text\":\"Hel\"}\n\n");
        Tell(2, new AnswerEvent.Delta("lo"));
        (await ReadAsync()).ShouldBe("id: 2\nevent: delta\ndata: {\"text\":\"lo\"}\n\n");
        _events.Writer.Complete();

        await stream.Soon();
    }

    [Test]
    public async Task Every_15_seconds_of_silence_there_is_a_comment()
    {
        var stream = ExecuteAsync();
        Tell(1, new AnswerEvent.Delta("Hel"));
        await ReadAsync();
        for (var i = 0; i < 3; i++)
        {
            await _clock.NextWaitAsync(wait => wait == TimeSpan.FromSeconds(15)).Soon();
            _clock.Advance(TimeSpan.FromSeconds(15));
            (await ReadAsync()).ShouldBe(": waiting\n\n");
        }

        Tell(2, new AnswerEvent.Delta("lo"));
        (await ReadAsync()).ShouldStartWith("id: 2\n");
        _events.Writer.Complete();
        await stream.Soon();
    }

    [Test]
    public async Task An_answer_that_failed_before_it_started_is_a_problem_and_no_stream()
    {
        Tell(1, AnswerEvent.Ended(Failed));

        (await Should.ThrowAsync<AnswerFailedException>(() => ExecuteAsync().Soon())).Answer.ShouldBe(Failed);
        _context.Response.ContentType.ShouldBeNull();
    }

    [Test]
    public async Task What_goes_wrong_before_the_first_event_is_a_problem_and_no_stream()
    {
        _events.Writer.Complete(new NotFoundException("answer", Guid.Empty));

        await Should.ThrowAsync<NotFoundException>(() => ExecuteAsync().Soon());
        _context.Response.ContentType.ShouldBeNull();
    }

    [Test]
    public async Task An_answer_that_failed_after_it_started_ends_the_stream()
    {
        Tell(1, new AnswerEvent.Started(Guid.Empty, Guid.Empty, Guid.Empty, "openrouter", "model"));
        Tell(2, AnswerEvent.Ended(Failed));
        _events.Writer.Complete();
        await ExecuteAsync().Soon();

        (await ReadAsync()).ShouldContain("event: failed\n");
    }

    [Test]
    public async Task A_caller_that_leaves_ends_the_stream()
    {
        using var leaving = new CancellationTokenSource();
        _context.RequestAborted = leaving.Token;
        var stream = ExecuteAsync();
        Tell(1, new AnswerEvent.Delta("Hel"));
        await ReadAsync();
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => stream.Soon());
    }

    private static MessageDto Failed { get; } =
        new(
            Guid.Empty,
            Guid.Empty,
            null,
            MessageRole.Assistant,
            "",
            MessageStatus.Failed,
            null,
            null,
            null,
            [],
            new AnswerError("provider_failed", "Every provider failed."),
            TestClock.Noon,
            TestClock.Noon
        );

    private Task ExecuteAsync() => new AnswerStream(_events.Reader.ReadAllAsync()).ExecuteAsync(_context);

    private void Tell(long id, AnswerEvent happened) => _events.Writer.TryWrite(new NumberedAnswerEvent(id, happened));

    private async Task<string> ReadAsync()
    {
        var read = await _wire.Reader.ReadAsync().AsTask().Soon();
        var text = Encoding.UTF8.GetString(read.Buffer);
        _wire.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
