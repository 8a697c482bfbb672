using FluentValidation;
using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;

namespace QrAi.Application.Completions;

/// <summary>
/// Goes on with a conversation that the caller keeps: nothing of it is stored here, and who stops following stops the
/// provider. With an idempotency key it is made apart from the request, and what came of it is kept as long as the key.
/// </summary>
/// <param name="Model">A provider's name, <c>provider/model</c>, or a provider's default model.</param>
/// <param name="Messages">The conversation, oldest first: 1 to 2,048 messages.</param>
/// <param name="Options">How to answer.</param>
/// <returns>Follows the completion; whoever asked disposes of it.</returns>
public sealed record CompleteChat(string? Model, IReadOnlyList<CompletionMessage> Messages, CompletionOptions Options)
    : IRequest<Follower>,
        IChat,
        IRepeatable;

internal sealed class CompleteChatValidator : AbstractValidator<CompleteChat>
{
    public CompleteChatValidator() => Include(new ChatValidator());
}

internal sealed class CompleteChatHandler(
    IModelProviders providers,
    RunningGenerations running,
    CompletionGenerator generator,
    CompletionsOnce once,
    IdempotentRequest idempotency,
    CurrentCaller caller
) : IRequestHandler<CompleteChat, Follower>
{
    public async Task<Follower> Handle(CompleteChat request, CancellationToken cancellationToken)
    {
        if (idempotency.Earlier is null) // before anything is kept
        {
            running.ThrowIfStopping();
            ModelNames.Resolve(providers.Models, request.Model!.Trim());
        }

        return idempotency.HasKey
            ? await once.FollowAsync(idempotency, request, cancellationToken)
            : generator.BeginFor(request, caller.Owner);
    }
}
