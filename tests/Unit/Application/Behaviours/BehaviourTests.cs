using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moq;
using QrAi.Application;
using QrAi.Application.Callers;
using QrAi.Application.Embeddings;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.Behaviours;

/// <summary>The behaviours that every request passes before its handler, as the service composes them.</summary>
public sealed class BehaviourTests : IAsyncDisposable
{
    private readonly ListLog _log = new();
    private readonly TestClock _clock = new();
    private readonly ServiceProvider _services;

    public BehaviourTests()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
        services.AddApplication(null);
        services.AddSingleton<TimeProvider>(_clock);
        var database = new MemoryDatabase { IsDown = true };
        services.AddSingleton<IQrAiDbContextFactory>(database);
        services.AddSingleton<ITurnStore>(new MemoryTurnStore(database));
        services.AddSingleton<IAnswerStore>(new MemoryAnswerStore(database, _clock));
        services.AddSingleton<IWorkerStore>(new MemoryWorkerStore(database, _clock));
        services.AddSingleton(new WorkOptions(Service.Lease));
        services.AddSingleton<IModelProviders, NoProviders>();
        services.AddSingleton(Mock.Of<IEmbeddingModels>());
        services.AddSingleton(new VectorCacheOptions(MaxSize: 0));
        services.AddSingleton<IUsageStore>(new MemoryUsageStore(database));
        services.AddSingleton<ITokenCounter, WordCounter>();
        services.AddSingleton(ModelPrices.None);
        services.AddSingleton(
            new GenerationOptions
            {
                TotalTime = TimeSpan.FromMinutes(2),
                SystemPrompt = "Be brief.",
                HistoryTurns = 10,
                Passages = 3,
            }
        );
        _services = services.BuildServiceProvider();
        _services.GetRequiredService<CurrentCaller>().Identify("me");
    }

    private ISender Sender => _services.GetRequiredService<ISender>();

    private string[] Logged =>
        [
            .. _log
                .Lines.Where(line => line.Category.StartsWith("QrAi", StringComparison.Ordinal))
                .Select(line => line.Message),
        ];

    [TearDown]
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Test]
    public async Task A_request_that_breaks_rules_does_not_reach_its_handler_and_names_every_field()
    {
        var exception = await Should.ThrowAsync<InvalidRequestException>(() =>
            Sender.Send(new AskQuestion(" ", null, "openai", "\0"))
        );

        exception.Errors.Keys.ShouldBe(["question", "provider", "model"], ignoreOrder: true);
        exception.Errors["question"].ShouldBe(["must have 1 to 100000 characters after trimming"]);
    }

    [Test]
    public async Task A_field_has_the_name_that_callers_use()
    {
        var exception = await Should.ThrowAsync<InvalidRequestException>(() =>
            Sender.Send(new ListSessions(0, null, new string('x', 201)))
        );

        exception.Errors.Keys.ShouldBe(["limit", "q"], ignoreOrder: true);
    }

    [Test]
    public async Task A_valid_request_reaches_its_handler() =>
        await Should.ThrowAsync<ProviderNotConfiguredException>(() =>
            Sender.Send(new AskQuestion("Why?", null, null, null))
        );

    [Test]
    public async Task Each_request_is_logged_by_its_name_and_never_with_its_text()
    {
        await Should.ThrowAsync<ProviderNotConfiguredException>(() =>
            Sender.Send(new AskQuestion("My confidential question", null, null, "confidential-model"))
        );
        await Should.ThrowAsync<DatabaseUnavailableException>(() =>
            Sender.Send(new CreateSession("Confidential title"))
        );
        await Should.ThrowAsync<InvalidRequestException>(() => Sender.Send(new CreateSession("Confidential\0")));

        Logged.ShouldBe([
            "AskQuestion failed after 0.0 ms: ProviderNotConfiguredException",
            "CreateSession failed after 0.0 ms: DatabaseUnavailableException",
            "CreateSession failed after 0.0 ms: InvalidRequestException",
        ]);
        _log.Lines.ShouldAllBe(line => !$"{line.Message}{line.Exception}".Contains("confidential"));
    }

    [Test]
    public async Task A_handled_request_is_logged_with_its_duration()
    {
        using var service = new Service();
        await service.Sender.Send(new CreateSession("Confidential title"));

        service
            .Log.Lines.Where(line => line.Category.StartsWith("QrAi", StringComparison.Ordinal))
            .Select(line => line.Message)
            .ShouldBe(["CreateSession handled in 0.0 ms"]);
    }

    [Test]
    public async Task A_request_without_a_response_is_logged_too()
    {
        await Should.ThrowAsync<DatabaseUnavailableException>(() =>
            Sender.Send(new DeleteSession(Guid.CreateVersion7()))
        );

        Logged.ShouldBe(["DeleteSession failed after 0.0 ms: DatabaseUnavailableException"]);
    }

    private sealed class NoProviders : IModelProviders
    {
        public IReadOnlyList<ConfiguredModel> Models => [];

        public Microsoft.Extensions.AI.IChatClient ClientStartingWith(string provider) => ClientFor(provider);

        public Microsoft.Extensions.AI.IChatClient ClientFor(string? provider) =>
            throw new ProviderNotConfiguredException(provider);
    }
}
