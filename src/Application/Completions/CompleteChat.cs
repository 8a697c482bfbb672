using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.AI;
using QrAi.Application.Answers;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>
/// Goes on with a conversation that the caller keeps: nothing of it is stored here, and who stops listening stops the
/// provider. With an idempotency key it is made apart from the request, and what came of it is kept as long as the key.
/// </summary>
/// <param name="Model">A provider's name, <c>provider/model</c>, or a provider's default model.</param>
/// <param name="Messages">The conversation, oldest first: 1 to 2,048 messages.</param>
/// <param name="Options">How to answer.</param>
/// <exception cref="GenerationFailedException">No provider gave a whole answer.</exception>
public sealed record CompleteChat(string? Model, IReadOnlyList<CompletionMessage> Messages, CompletionOptions Options)
    : IStreamRequest<CompletionPart>,
        IChat;

internal sealed class CompleteChatValidator : AbstractValidator<CompleteChat>
{
    public CompleteChatValidator() => Include(new ChatValidator());
}

internal sealed class CompleteChatHandler(
    IModelProviders providers,
    RunningAnswers running,
    CompletionsOnce once,
    IdempotentRequest idempotency,
    TimeProvider clock
) : IStreamRequestHandler<CompleteChat, CompletionPart>
{
    public IAsyncEnumerable<CompletionPart> Handle(CompleteChat request, CancellationToken cancellationToken)
    {
        if (idempotency.Earlier is null) // before anything is kept
        {
            running.ThrowIfStopping();
            ModelNames.Resolve(providers.Models, request.Model!.Trim());
        }

        return idempotency.HasKey
            ? once.FollowAsync(idempotency, stopped => Make(request, stopped), cancellationToken)
            : Make(request, cancellationToken);
    }

    private IAsyncEnumerable<CompletionPart> Make(CompleteChat request, CancellationToken cancellationToken)
    {
        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!.Trim());
        var now = clock.Now();
        return CompleteAsync(
            providers
                .ClientStartingWith(provider)
                .GetStreamingResponseAsync(
                    ChatPrompt.For(request.Messages),
                    ChatPrompt.OptionsFor(model, request.Options),
                    cancellationToken
                ),
            now,
            cancellationToken
        );
    }

    private static async IAsyncEnumerable<CompletionPart> CompleteAsync(
        IAsyncEnumerable<ChatResponseUpdate> updates,
        DateTimeOffset now,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var id = Guid.CreateVersion7(now);
        var reason = ChatFinishReason.Stop;
        TokenUsage? usage = null;
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            reason = update.FinishReason ?? reason;
            foreach (var content in update.Contents)
                switch (content)
                {
                    case TextContent text:
                        yield return new CompletionPart.Text(text.Text);
                        break;
                    case ToolCallPiece call:
                        yield return new CompletionPart.ToolCall(call.Index, call.Id, call.Name, call.Arguments);
                        break;
                    case AttemptStarted started:
                        (reason, usage) = (ChatFinishReason.Stop, null);
                        yield return new CompletionPart.Started(started.Provider, started.Model)
                        {
                            CompletionId = id,
                            BegunAt = now,
                        };
                        break;
                    case UsageContent { Details: var details }:
                        usage = details.ToTokenUsage();
                        break;
                }
        }

        yield return new CompletionPart.Finished(reason.Value, usage);
    }
}
