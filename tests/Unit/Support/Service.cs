using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application;
using QrAi.Application.Answers;
using QrAi.Application.Callers;
using QrAi.Application.Completions;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;
using QrAi.Infrastructure.AnswerEvents;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Support;

/// <summary>The application as the service composes it, over a database in memory and a model that says what a test says.</summary>
internal sealed class Service : IDisposable
{
    /// <summary>What requests ask for that are the same.</summary>
    public const string SameRequest = "the same";

    private readonly ServiceProvider _services;

    /// <param name="limit">How often a caller may ask, by this clock; null for any number of times.</param>
    public Service(Func<TimeProvider, QuestionLimit>? limit = null)
    {
        Models = new ScriptedModels(Clock) { Default = Reply.Hang() };
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddApplication(null);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IAnswerEventLog>(Events);
        services.AddSingleton<IQrAiDbContextFactory>(Database);
        services.AddSingleton<IModelProviders>(Models);
        services.AddSingleton(new GenerationOptions { TotalTime = TimeSpan.FromMinutes(2), HistoryMessages = 4 });
        if (limit is not null)
            services.AddSingleton(limit(Clock));
        _services = services.BuildServiceProvider();
        _services.GetRequiredService<CurrentCaller>().Identify(Owners.Unauthenticated);
    }

    public TestClock Clock { get; } = new();

    public ListLog Log { get; } = new();

    public MemoryDatabase Database { get; } = new();

    public InMemoryAnswerEventLog Events { get; } = new();

    /// <summary>Whom it asks; they say nothing until a test tells them to.</summary>
    public ScriptedModels Models { get; }

    public RunningAnswers Running => _services.GetRequiredService<RunningAnswers>();

    public ISender Sender => _services.GetRequiredService<ISender>();

    public RunningCompletions Completions => _services.GetRequiredService<RunningCompletions>();

    /// <summary>The application as one request with an idempotency key reaches it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fingerprint">What the request asks for.</param>
    /// <param name="part">Which part of the request it is.</param>
    /// <param name="kept">Told when who sends the same again need not wait.</param>
    public async Task<ISender> WithKeyAsync(
        string key,
        string fingerprint = SameRequest,
        string part = "",
        Action? kept = null
    )
    {
        var services = _services.CreateScope().ServiceProvider; // goes with the others
        services.GetRequiredService<CurrentCaller>().Identify(Owners.Unauthenticated);
        var request = services.GetRequiredService<IdempotentRequest>();
        await request.RecognizeAsync(key, fingerprint, CancellationToken.None);
        request.Part = part;
        request.Kept += kept;
        return services.GetRequiredService<ISender>();
    }

    /// <summary>Follows an answer to its end.</summary>
    public async Task<List<NumberedAnswerEvent>> FollowAsync(Guid answerId, long after = 0)
    {
        var events = new List<NumberedAnswerEvent>();
        await foreach (var numbered in Sender.CreateStream(new FollowAnswer(answerId, after)))
            events.Add(numbered);
        return events;
    }

    public void Dispose() => _services.Dispose();
}
