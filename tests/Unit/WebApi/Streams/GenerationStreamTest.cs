using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.Tests.Unit.WebApi.Streams;

/// <summary>A base class of tests of the stream of one answer, with a connection in memory.</summary>
public abstract class GenerationStreamTest : IDisposable
{
    private static readonly TimeSpan CommentInterval = TimeSpan.FromSeconds(15);

    private protected static readonly GenerationEnd Completed = new(
        MessageStatus.Completed,
        TestClock.Noon,
        null,
        null,
        [],
        null
    );

    private protected static readonly GenerationEnd Failed = Completed with
    {
        Status = MessageStatus.Failed,
        Error = new AnswerError("provider_failed", "Every provider failed."),
    };

    private readonly TestClock _clock = new();
    private readonly ServiceProvider _services;

    private protected Pipe Wire { get; } = new();

    private protected HeldAnswer Held { get; } = new();

    private protected DefaultHttpContext Context { get; } = new();

    protected GenerationStreamTest()
    {
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_clock)
            .ConfigureHttpJsonOptions(json => QrAiJson.Configure(json.SerializerOptions))
            .BuildServiceProvider();
        Context.RequestServices = _services;
        var body = new Body(Wire.Writer.AsStream(leaveOpen: true));
        Context.Features.Set<IHttpResponseBodyFeature>(body);
        Context.Features.Set<IHttpResponseFeature>(new Head(body));
    }

    private protected Generation Answer => Held.Generation;

    [TearDown]
    public void Dispose()
    {
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Executes the stream for a HEAD request, as the service does.</summary>
    private protected async Task ExecuteHeadAsync()
    {
        Context.Request.Method = HttpMethods.Head;
        var app = new ApplicationBuilder(_services);
        app.UseHeadRequests();
        app.Run(_ => ExecuteAsync());
        await app.Build()(Context);
    }

    private protected Task ExecuteAsync(Position after = default) =>
        new AnswerStream(Task.FromResult(new Follower(Held, after))).ExecuteAsync(Context);

    private protected async Task ShouldCommentAsync()
    {
        await _clock.PassAsync(CommentInterval).Soon();
        (await ReadAsync()).ShouldBe(": waiting\n\n");
    }

    private protected async Task<string> ReadAsync()
    {
        var read = await Wire.Reader.ReadAsync().AsTask().Soon();
        var text = Encoding.UTF8.GetString(read.Buffer);
        Wire.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    /// <summary>An answer that records when its follower leaves.</summary>
    private protected sealed class HeldAnswer : IFollowedGeneration
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

    /// <summary>A body that records whether it has started, as that of a server does.</summary>
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
