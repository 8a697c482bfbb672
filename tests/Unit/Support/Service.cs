using System.Threading.Channels;
using MediatR;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application;
using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.AnswerEvents;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Support;

/// <summary>The application as the service composes it, over a database in memory and a model that says what a test says.</summary>
internal sealed class Service : IDisposable
{
    private readonly ServiceProvider _services;

    public Service()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddApplication(null);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IAnswerEventLog>(Events);
        services.AddSingleton<IQrAiDbContextFactory>(Database);
        services.AddSingleton<IModelProviders>(Model);
        services.AddSingleton(new GenerationOptions { TotalTime = TimeSpan.FromMinutes(2), HistoryMessages = 4 });
        _services = services.BuildServiceProvider();
    }

    public TestClock Clock { get; } = new();

    public ListLog Log { get; } = new();

    public MemoryDatabase Database { get; } = new();

    public InMemoryAnswerEventLog Events { get; } = new();

    public ScriptedModel Model { get; } = new();

    public RunningAnswers Running => _services.GetRequiredService<RunningAnswers>();

    public ISender Sender => _services.GetRequiredService<ISender>();

    /// <summary>Follows an answer to its end.</summary>
    public async Task<List<NumberedAnswerEvent>> FollowAsync(Guid answerId, long after = 0)
    {
        var events = new List<NumberedAnswerEvent>();
        await foreach (var numbered in Sender.CreateStream(new FollowAnswer(answerId, after)))
            events.Add(numbered);
        return events;
    }

    public void Dispose() => _services.Dispose();

    /// <summary>A model whose stream a test writes.</summary>
    internal sealed class ScriptedModel : IModelProviders, IChatClient
    {
        private Channel<ChatResponseUpdate> _stream = Channel.CreateUnbounded<ChatResponseUpdate>();

        public bool IsConfigured { get; set; } = true;

        public IReadOnlyList<ChatMessage> Received { get; private set; } = [];

        public ChatOptions? ReceivedOptions { get; private set; }

        public string? AskedFor { get; private set; }

        public void Start(string provider = "openrouter", string model = "some/model") =>
            Say(new AttemptStarted(provider, model));

        public void Say(string text) => Say(new TextContent(text));

        public void Say(AIContent content) =>
            _stream.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, [content]));

        public void End(string outcome = "completed", string provider = "openrouter") =>
            Say(new AttemptEnded(new Attempt(provider, outcome, 12)));

        /// <summary>The stream is over, well or not.</summary>
        public void Finish(Exception? failure = null) => _stream.Writer.Complete(failure);

        /// <summary>A whole answer.</summary>
        public void Answer(string text)
        {
            Start();
            Say(text);
            End();
            Finish();
        }

        public IChatClient ClientFor(string? provider)
        {
            AskedFor = provider;
            return IsConfigured ? this : throw new ProviderNotConfiguredException(provider);
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        )
        {
            (Received, ReceivedOptions) = ([.. messages], options);
            return _stream.Reader.ReadAllAsync(cancellationToken);
        }

        /// <summary>Forgets the answer, for the next one.</summary>
        public void Renew() => _stream = Channel.CreateUnbounded<ChatResponseUpdate>();

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        ) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
