using FluentValidation;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Answers;
using QrAi.Application.Backups;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Citations;
using QrAi.Application.Completions;
using QrAi.Application.Documents;
using QrAi.Application.Embeddings;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Questions;
using QrAi.Application.Search;
using QrAi.Application.Sessions;
using QrAi.Application.Usage;
using QrAi.Application.Work;

namespace QrAi.Application;

/// <summary>Registers the services of the application layer.</summary>
public static class DependencyInjection
{
    /// <summary>
    /// Adds the use cases and the behaviours, which run in this order: logging, validation, idempotency, rate limiting.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="autoMapperLicenceKey">The licence key of AutoMapper; null to use it without one.</param>
    public static IServiceCollection AddApplication(this IServiceCollection services, string? autoMapperLicenceKey)
    {
        services.AddMediatR(mediator =>
        {
            mediator.RegisterServicesFromAssembly(typeof(DependencyInjection).Assembly);
            mediator.AddOpenBehavior(typeof(RequestLogging<,>));
            mediator.AddOpenBehavior(typeof(Validation<,>));
            mediator.AddOpenStreamBehavior(typeof(StreamValidation<,>));
            mediator.AddOpenBehavior(typeof(Idempotency<,>));
            mediator.AddOpenBehavior(typeof(RateLimiting<,>));
        });
        services.AddValidatorsFromAssembly(
            typeof(DependencyInjection).Assembly,
            ServiceLifetime.Singleton,
            includeInternalTypes: true
        );
        services.AddAutoMapper(
            mapper => mapper.LicenseKey = autoMapperLicenceKey,
            typeof(DependencyInjection).Assembly
        );

        services.AddScoped<CurrentCaller>();
        services.AddScoped<QuestionIntake>();
        services.AddSingleton<ApiKeyCache>();
        services.AddSingleton<KeyUses>();
        services.AddSingleton<ReplicaLoads>();
        services.AddSingleton<SpendingBound>();
        services.AddSingleton<Budgets>();
        services.AddSingleton<Worker>();
        services.AddSingleton<RunningGenerations>();
        services.AddSingleton<GenerationDrain>();
        services.AddSingleton<AnswerGenerator>();
        services.AddSingleton<AnswerRecorder>();
        services.AddSingleton<RemoteAnswers>();
        services.AddSingleton<AnswerFinder>();
        services.AddSingleton<IDurableWork, AnswerTakeover>();
        services.AddSingleton(typeof(WorkSignal<>));
        services.AddSingleton<CompletionGenerator>();
        services.AddSingleton<IdempotentCompletions>();
        services.AddSingleton<BackupWriter>();
        services.AddSingleton<PassageNumbers>();
        services.AddSingleton<SegmentMerger>();
        services.AddSingleton<PassageSearch>();
        services.AddSingleton<AnswerSources>();
        services.AddSingleton<VectorSearch>();
        services.AddSingleton<VectorCache>();
        services.AddSingleton<DocumentEmbedder>();
        services.AddSingleton<SessionSearch>();
        services.AddSingleton<SessionMatches>();
        services.AddSingleton<UsageMeter>();
        services.AddSingleton<UsageRecorder>();
        return services.AddIdempotency();
    }

    private static IServiceCollection AddIdempotency(this IServiceCollection services)
    {
        services.AddSingleton(typeof(KeyedLock<>));
        services.AddSingleton<IdempotencyRecords>();
        services.AddTransient(typeof(IReplay<,>), typeof(StoredResponse<,>));
        services.AddTransient<IReplay<AskQuestion, AskedQuestion>, QuestionReplay>();
        services.AddTransient<IReplay<StoreChat, Follower>, QuestionReplay>();
        services.AddTransient<IReplay<CompleteChat, Follower>, CompleteChatHandler>();
        services.AddTransient<IReplay<CancelAnswer, MessageDto>, CancelAnswerHandler>();
        return services;
    }
}
