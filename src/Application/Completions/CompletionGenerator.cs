using Microsoft.Extensions.Logging;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Application.Time;

namespace QrAi.Application.Completions;

/// <summary>Generates completions, which no database keeps on the way.</summary>
internal sealed class CompletionGenerator(
    IModelProviders providers,
    TimeProvider clock,
    ILogger<CompletionGenerator> logger
)
{
    /// <summary>Begins a completion that ends with the one who asked for it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="owner">Who asks.</param>
    /// <returns>Follows it; when it is disposed of, the provider is stopped.</returns>
    public Follower BeginFor(CompleteChat request, string owner)
    {
        var made = new RunningGeneration(Create(owner));
        _ = MakeAsync();
        return new Follower(new OfOneCaller(made));

        async Task MakeAsync()
        {
            made.Generation.Finish(await GenerateAsync(made, request));
            made.Dispose();
        }
    }

    /// <summary>A completion of which nothing has come.</summary>
    public Generation Create(string owner)
    {
        var now = clock.Now();
        return new Generation(new GenerationIdentity(Guid.CreateVersion7(now), owner, now));
    }

    /// <summary>Asks, and says how the completion ends.</summary>
    public async Task<GenerationEnd> GenerateAsync(RunningGeneration made, CompleteChat request)
    {
        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!.Trim());
        var outcome = await GenerationOutcome.OfAsync(
            made,
            stopped =>
                providers
                    .ClientStartingWith(provider)
                    .GetStreamingResponseAsync(
                        ChatPrompt.For(request.Messages),
                        ChatPrompt.OptionsFor(model, request.Options),
                        stopped
                    ),
            logger
        );
        return new GenerationEnd(
            outcome.Status,
            clock.Now(),
            outcome.Answer.FinishReason,
            outcome.Answer.Usage,
            outcome.Answer.Attempts,
            outcome.Error
        );
    }

    /// <summary>A completion that nobody else follows.</summary>
    private sealed class OfOneCaller(RunningGeneration made) : IFollowedGeneration
    {
        public Generation Generation => made.Generation;

        public Task EndOrStallAsync(CancellationToken cancellationToken) =>
            Generation.Over.WaitAsync(cancellationToken);

        public void Leave() => made.Cancel();
    }
}
