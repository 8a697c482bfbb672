using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application;
using QrAi.Application.Answers;
using QrAi.Application.Callers;
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
    private readonly ServiceProvider _services;

    public Service()
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
