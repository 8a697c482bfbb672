using FluentValidation;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Backups;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Completions;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Questions;
using QrAi.Application.Work;

namespace QrAi.Application;

/// <summary>Registers what this layer gives.</summary>
public static class DependencyInjection
{
    /// <summary>Adds the use cases, with the behaviours that every request passes: logging, validation, the limit of questions.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="autoMapperLicenceKey">AutoMapper's licence key, or null to use it without one.</param>
    public static IServiceCollection AddApplication(this IServiceCollection services, string? autoMapperLicenceKey)
    {
        services.AddMediatR(mediator =>
        {
            mediator.RegisterServicesFromAssembly(typeof(DependencyInjection).Assembly);
            mediator.AddOpenBehavior(typeof(RequestLogging<,>));
            mediator.AddOpenBehavior(typeof(Validation<,>));
            mediator.AddOpenStreamBehavior(typeof(StreamValidation<,>));
            mediator.AddOpenBehavior(typeof(Recognition<,>));
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
        services.AddScoped<IdempotentRequest>();
        services.AddScoped<QuestionIntake>();
        services.AddSingleton<RecentKeys>();
        services.AddSingleton<KeyUses>();
        services.AddSingleton<Worker>();
        services.AddSingleton<RunningGenerations>();
        services.AddSingleton<GenerationDrain>();
        services.AddSingleton<AnswerGenerator>();
        services.AddSingleton<AnswerRecorder>();
        services.AddSingleton<AnswersElsewhere>();
        services.AddSingleton<AnswerFinder>();
        services.AddSingleton<IDurableWork, AnswerTakeover>();
        services.AddSingleton<CompletionGenerator>();
        services.AddSingleton<CompletionsOnce>();
        services.AddSingleton<BackupWriter>();
        return services;
    }
}
