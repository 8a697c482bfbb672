using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application;
using QrAi.Application.Answers;
using QrAi.Application.Callers;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Questions;
using QrAi.Application.Work;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Support;

/// <summary>The application as the service composes it, over a database in memory and a model that says what a test says.</summary>
internal sealed class Service : IDisposable
{
    /// <summary>What requests ask for that are the same.</summary>
    public const string SameRequest = "the same";

    /// <summary>How long a process that is silent counts as alive.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly ServiceProvider _services;

    /// <param name="limit">How often a caller may ask, by this clock; null for any number of times.</param>
    /// <param name="beside">Another process over the same database, by the same clock.</param>
    public Service(Func<TimeProvider, QuestionLimit>? limit = null, Service? beside = null)
    {
        Clock = beside?.Clock ?? new TestClock();
        Database = beside?.Database ?? new MemoryDatabase();
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
        services.AddSingleton(
            new GenerationOptions
            {
                TotalTime = TimeSpan.FromMinutes(2),
                SystemPrompt = "Be brief.",
                HistoryTurns = 2,
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

    /// <summary>Whom it asks; they say nothing until a test tells them to.</summary>
    public ScriptedModels Models { get; }

    public RunningGenerations Running => _services.GetRequiredService<RunningGenerations>();

    public GenerationDrain Drain => _services.GetRequiredService<GenerationDrain>();

    public Worker Worker => _services.GetRequiredService<Worker>();

    public ISender Sender => _services.GetRequiredService<ISender>();

    /// <summary>The application as one request with an idempotency key reaches it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fingerprint">What the request asks for.</param>
    /// <param name="part">Which part of the request it is.</param>
    public ISender WithKey(string key, string fingerprint = SameRequest, string? part = null)
    {
        var services = _services.CreateScope().ServiceProvider; // disposed of with the others
        services.GetRequiredService<CurrentCaller>().Identify(Owners.Unauthenticated);
        var whole = IdempotencyKey.Create(key, fingerprint);
        return new KeySender(services.GetRequiredService<ISender>(), part is null ? whole : whole.ForPart(part));
    }

    public Task<AskedQuestion> AskAsync(string question = "Why?", Guid? sessionId = null) =>
        Sender.Send(new AskQuestion(question, sessionId, null, null)).Soon();

    /// <summary>Asks, and waits until this text has come of the answer.</summary>
    /// <param name="model">What the model says.</param>
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

    /// <summary>Ends when an answer has.</summary>
    public Task EndOfAsync(Guid answerId) =>
        Eventually.Holds(() => Database.Answer(answerId).Status != MessageStatus.Generating);

    /// <summary>Lets time pass, in steps so small that all that is done now and then is done as often as it is to be.</summary>
    public void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
            Clock.Advance(Step < time - passed ? Step : time - passed);
    }

    /// <summary>Lets time pass until something holds.</summary>
    public Task PassUntilAsync(Func<bool> condition) =>
        Eventually.Holds(() =>
        {
            if (!condition())
                Clock.Advance(Step);
            return condition();
        });

    /// <summary>The process dies, or its network does: nothing that it does reaches the database.</summary>
    public void Crash() => Database.CutOff(Worker.Id);

    // Nothing of it waits for anything but its own loops, which end at once.
    public void Dispose() => _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
