using FluentValidation;
using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Time;
using QrAi.Application.Usage;

namespace QrAi.Application.Completions;

/// <summary>
/// Continues a conversation that the caller keeps. It is not stored, and a caller that disconnects cancels the generation.
/// With an idempotency key the completion is generated apart from the request, and stored as long as the key is valid.
/// </summary>
/// <param name="Model">A provider's name, <c>provider/model</c>, or a provider's default model.</param>
/// <param name="Messages">The conversation, oldest first: 1 to 2,048 messages.</param>
/// <param name="Options">The options of the generation.</param>
/// <returns>A follower of the completion, which the caller must dispose of.</returns>
public sealed record CompleteChat(string? Model, IReadOnlyList<CompletionMessage> Messages, CompletionOptions Options)
    : IRequest<Follower>,
        IChat,
        IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>Whether the model is given passages of the documents that the caller can read.</summary>
    public bool UsesDocuments { get; init; }
}

internal sealed class CompleteChatValidator : AbstractValidator<CompleteChat>
{
    public CompleteChatValidator() => Include(new ChatValidator());
}

internal sealed class CompleteChatHandler(
    IModelProviders providers,
    RunningGenerations running,
    CompletionGenerator generator,
    IdempotentCompletions idempotent,
    Budgets budgets,
    CurrentCaller caller,
    TimeProvider clock
) : IRequestHandler<CompleteChat, Follower>, IReplay<CompleteChat, Follower>
{
    public async Task<Follower> Handle(CompleteChat request, CancellationToken cancellationToken)
    {
        running.ThrowIfStopping();
        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!.Trim());
        var subject = caller.Usage;
        if (caller.IsLimited)
        {
            subject = subject with { ReservationId = Guid.CreateVersion7(clock.Now()) };
            var most = await budgets.ReserveAsync(
                caller,
                subject.ReservationId.Value,
                DemandOf(request, provider, model),
                cancellationToken
            );
            request = request with { Options = request.Options.WithMaxTokens(most) };
        }

        try
        {
            return request.IdempotencyKey is { } key
                ? await idempotent.BeginAsync(subject, key, request, cancellationToken)
                : generator.BeginFor(request, subject);
        }
        catch (Exception) when (subject.ReservationId is not null)
        {
            await budgets.ReleaseAsync(subject.Owner, subject.ReservationId.Value);
            throw;
        }
    }

    private SpendingDemand DemandOf(CompleteChat request, string provider, string? model) =>
        new(
            [
                .. providers.Models.Select(one =>
                    one.Provider == provider ? one with { Model = model ?? one.Model } : one
                ),
            ],
            request.Messages.Select(message => message.Text),
            SessionId: null,
            MayHaveSources: request.UsesDocuments,
            request.Options.MostTokens
        );

    public Task<Follower> ReplayAsync(
        CompleteChat request,
        IdempotencyRecord earlier,
        CancellationToken cancellationToken
    ) => idempotent.AttachAsync(caller.Usage, request.IdempotencyKey!, request, cancellationToken);
}
