using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using QrAi.Application;
using QrAi.Application.Answers;
using QrAi.Application.Callers;
using QrAi.Application.Embeddings;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Questions;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Support;

/// <summary>The application as the service composes it, with a database in memory and scripted models.</summary>
internal sealed class Service : IDisposable
{
    /// <summary>The fingerprint of requests with the same contents.</summary>
    public const string SameRequest = "the same";

    /// <summary>How long a process counts as alive after its last heartbeat.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly ServiceProvider _services;

    /// <param name="limit">Creates the rate limit of questions; null for no limit.</param>
    /// <param name="sharedWith">Another process, whose database and clock are shared.</param>
    public Service(Func<TimeProvider, QuestionLimit>? limit = null, Service? sharedWith = null)
    {
        Clock = sharedWith?.Clock ?? new TestClock();
        Database = sharedWith?.Database ?? new MemoryDatabase();
        Answers = new MemoryAnswerStore(Database, Clock);
        Models = new ScriptedModels(Clock) { Default = Reply.Hang() };
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddApplication(null);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IQrAiDbContextFactory>(Database);
        services.AddSingleton<ITurnStore>(new MemoryTurnStore(Database));
        services.AddSingleton<IAnswerStore>(Answers);
        services.AddSingleton<IWorkerStore>(new MemoryWorkerStore(Database, Clock));
        services.AddSingleton<IModelProviders>(Models);
        services.AddSingleton(Mock.Of<IEmbeddingModels>()); // a search by words alone
        services.AddSingleton(new VectorCacheOptions(MaxSize: 0));
        services.AddSingleton<IUsageStore>(new MemoryUsageStore(Database));
        services.AddSingleton<ITokenCounter, WordCounter>();
        services.AddSingleton(ModelPrices.None);
        services.AddSingleton(
            new GenerationOptions
            {
                TotalTime = TimeSpan.FromMinutes(2),
                SystemPrompt = "Be brief.",
                HistoryTurns = 2,
                Passages = 3,
            }
        );
        services.AddSingleton(new WorkOptions(Lease));
        if (limit is not null)
            services.AddSingleton(limit(Clock));
        _services = services.BuildServiceProvider();
        _services.GetRequiredService<CurrentCaller>().Identify(Owners.Unauthenticated);
    }

    public TestClock Clock { get; }

    public ListLog Log { get; } = new();

    public MemoryDatabase Database { get; }

    public MemoryAnswerStore Answers { get; }

    /// <summary>The models. They do not answer until a test enqueues replies.</summary>
    public ScriptedModels Models { get; }

    public RunningGenerations Running => _services.GetRequiredService<RunningGenerations>();

    public GenerationDrain Drain => _services.GetRequiredService<GenerationDrain>();

    public Worker Worker => _services.GetRequiredService<Worker>();

    public ISender Sender => _services.GetRequiredService<ISender>();

    /// <summary>Returns a sender for one request with an idempotency key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fingerprint">The fingerprint of the request.</param>
    /// <param name="part">The part of the request; null for the whole request.</param>
    public ISender WithKey(string key, string fingerprint = SameRequest, string? part = null)
    {
        var services = _services.CreateScope().ServiceProvider; // disposed of with the others
        services.GetRequiredService<CurrentCaller>().Identify(Owners.Unauthenticated);
        var whole = IdempotencyKey.Create(key, fingerprint);
        return new KeySender(services.GetRequiredService<ISender>(), part is null ? whole : whole.ForPart(part));
    }

    public Task<AskedQuestion> AskAsync(string question = "Why?", Guid? sessionId = null) =>
        Sender.Send(new AskQuestion(question, sessionId, null, null)).Soon();

    /// <summary>Asks a question, and waits until the answer has a text.</summary>
    /// <param name="model">The reply of the model.</param>
    /// <param name="text">The text.</param>
    public async Task<AskedQuestion> BeginAsync(GatedReply model, string text)
    {
        Models.Enqueue(model);
        var asked = await AskAsync();
        model.Send(text);
        await Eventually.Holds(() => asked.Answer.Generation.ToMessage().Content == text);
        return asked;
    }

    /// <summary>Follows an answer to its end.</summary>
    public async Task<WrittenLines> FollowAsync(Guid answerId, Position after = default)
    {
        using var follower = await Sender.Send(new FollowAnswer(answerId, after));
        return await follower.ReadAsync();
    }

    /// <summary>Completes when an answer has ended.</summary>
    public Task WaitForEndAsync(Guid answerId) =>
        Eventually.Holds(() => Database.Answer(answerId).Status != MessageStatus.Generating);

    /// <summary>Advances the clock in small steps, so that no periodic run is skipped.</summary>
    public void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
            Clock.Advance(Step < time - passed ? Step : time - passed);
    }

    /// <summary>Advances the clock until a condition is true.</summary>
    public Task PassUntilAsync(Func<bool> condition) =>
        Eventually.Holds(() =>
        {
            if (!condition())
                Clock.Advance(Step);
            return condition();
        });

    /// <summary>Simulates a crash of the process: it can no longer reach the database.</summary>
    public void Crash() => Database.Disconnect(Worker.Id);

    // Disposal waits only for its own loops, which end at once.
    public void Dispose() => _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
