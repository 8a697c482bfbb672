using Microsoft.Extensions.Logging;
using QrAi.Application.Citations;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Application.Time;
using QrAi.Application.Usage;
using QrAi.Domain.Usage;

namespace QrAi.Application.Completions;

/// <summary>Generates completions, which are not recorded while they are generated.</summary>
internal sealed class CompletionGenerator(
    IModelProviders providers,
    AnswerSources sources,
    UsageMeter meter,
    UsageRecorder recorder,
    Budgets budgets,
    TimeProvider clock,
    ILogger<CompletionGenerator> logger
)
{
    /// <summary>Begins a completion for a single caller.</summary>
    /// <param name="request">The request.</param>
    /// <param name="subject">On whose behalf the providers are called.</param>
    /// <returns>A follower of the completion. Disposing of it cancels the generation.</returns>
    public Follower BeginFor(CompleteChat request, UsageSubject subject)
    {
        var running = new RunningGeneration(Create(subject.Owner));
        _ = RunAsync();
        return new Follower(new SingleCallerGeneration(running));

        async Task RunAsync()
        {
            running.Generation.Finish(await GenerateAsync(running, request, subject));
            running.Dispose();
        }
    }

    /// <summary>Creates an empty completion.</summary>
    public Generation Create(string owner)
    {
        var now = clock.Now();
        return new Generation(new GenerationIdentity(Guid.CreateVersion7(now), owner, now));
    }

    /// <summary>Generates a completion, and accounts for its calls of providers.</summary>
    /// <param name="running">The generation.</param>
    /// <param name="request">The request.</param>
    /// <param name="subject">On whose behalf the providers are called.</param>
    /// <returns>The end of the completion, which the caller has to set.</returns>
    public async Task<GenerationEnd> GenerateAsync(
        RunningGeneration running,
        CompleteChat request,
        UsageSubject subject
    )
    {
        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!.Trim());
        var outcome = await GenerationOutcome.OfAsync(running, PrepareAsync, meter, recorder, subject, logger);
        await recorder.RecordAsync(outcome.Calls);
        if (subject.ReservationId is { } reservation)
            await budgets.ReleaseAsync(subject.Owner, reservation);
        return new GenerationEnd(
            outcome.Status,
            clock.Now(),
            outcome.Answer.FinishReason,
            outcome.Answer.Usage,
            outcome.Answer.Attempts,
            outcome.Error
        );

        async Task<ModelCall> PrepareAsync(CancellationToken stopped)
        {
            var given = ChatPrompt.SourceQueryOf(request, subject) is { } query
                ? await sources.FindAsync(query, stopped)
                : null;
            running.Generation.SetSources(given ?? []);
            return new ModelCall(
                providers.ClientStartingWith(provider),
                [.. ChatPrompt.For(request.Messages).WithSources(given)],
                ChatPrompt.OptionsFor(model, request.Options)
            );
        }
    }

    /// <summary>A completion with a single follower.</summary>
    private sealed class SingleCallerGeneration(RunningGeneration running) : IFollowedGeneration
    {
        public Generation Generation => running.Generation;

        public Task EndOrStallAsync(CancellationToken cancellationToken) =>
            Generation.Over.WaitAsync(cancellationToken);

        public void Leave() => running.Cancel();
    }
}
