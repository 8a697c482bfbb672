using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.AI;
using QrAi.Application.Answers;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Models;
using QrAi.Application.Questions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>
/// Goes on with a conversation, and keeps its last message and the answer to it in a session, as a question is kept: before a
/// provider is asked, and whole whether or not the caller listens to the end.
/// </summary>
/// <param name="Model">A provider's name, <c>provider/model</c>, or a provider's default model.</param>
/// <param name="Messages">The conversation, oldest first: 1 to 2,048 messages, the last one the question.</param>
/// <param name="Options">How to answer; without tools, for a session keeps texts.</param>
/// <param name="SessionId">The session to go on with, or null for a new one.</param>
/// <exception cref="GenerationFailedException">No provider gave a whole answer.</exception>
public sealed record StoreChat(
    string? Model,
    IReadOnlyList<CompletionMessage> Messages,
    CompletionOptions Options,
    Guid? SessionId
) : IStreamRequest<CompletionPart>, IChat;

internal sealed class StoreChatValidator : AbstractValidator<StoreChat>
{
    public StoreChatValidator()
    {
        Include(new ChatValidator());
        RuleForEach(request => LastOf(request.Messages))
            .Where(message => message is not null)
            .ChildRules(message =>
            {
                message
                    .RuleFor(one => one!.Role)
                    .Equal("user")
                    .WithMessage("must be user: the last message is the question that is kept")
                    .OverridePropertyName("role");
                message.RuleFor(one => one!.Text).HumanText(Session.MaxQuestionLength).OverridePropertyName("content");
            })
            .OverridePropertyName(nameof(IChat.Messages));
        RuleFor(request => request.Options.PassedThrough)
            .Must(members => !members.ContainsKey("tools"))
            .WithMessage("must be left out when store is true: a session keeps texts")
            .OverridePropertyName("tools");
    }

    /// <summary>The last message in its place, so that a finding says which it is.</summary>
    private static IEnumerable<CompletionMessage?> LastOf(IReadOnlyList<CompletionMessage> messages) =>
        messages.Select((message, index) => index == messages.Count - 1 ? message : null);
}

internal sealed class StoreChatHandler(
    QuestionIntake intake,
    AnswerFollower follower,
    CurrentCaller caller,
    IModelProviders providers
) : IStreamRequestHandler<StoreChat, CompletionPart>
{
    public async IAsyncEnumerable<CompletionPart> Handle(
        StoreChat request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var asked = await intake.AskAsync(
            request.Messages[^1].Text.Trim(),
            request.SessionId,
            () => PlanFor(request),
            cancellationToken
        );
        var events = follower.Follow(caller.Owner, asked.AnswerId, 0, cancellationToken);
        await foreach (var (_, happened) in events.WithCancellation(cancellationToken))
            switch (happened)
            {
                case AnswerEvent.Started started:
                    yield return Begin(asked, started.Provider, started.Model);
                    break;
                case AnswerEvent.Restarted restarted:
                    yield return Begin(asked, restarted.Provider, restarted.Model);
                    break;
                case AnswerEvent.Delta delta:
                    yield return new CompletionPart.Text(delta.Text);
                    break;
                case AnswerEvent.Completed { Answer: var answer }:
                    if (answer.Provider is null) // it was cancelled before anybody had begun
                        yield return BeginAsAskedFor(asked, request);
                    yield return new CompletionPart.Finished(
                        answer.FinishReason ?? ChatFinishReason.Stop.Value,
                        answer.Usage
                    );
                    break;
                case AnswerEvent.Failed { Answer.Error: var error }:
                    throw new GenerationFailedException(error!.Code, error.Message);
            }
    }

    private AnswerPlan PlanFor(StoreChat request)
    {
        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!.Trim());
        return new AnswerPlan(
            providers.ClientStartingWith(provider),
            past => ChatPrompt.For(request.Messages, past),
            ChatPrompt.OptionsFor(model, request.Options)
        );
    }

    private CompletionPart.Started BeginAsAskedFor(AskedQuestion asked, StoreChat request)
    {
        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!.Trim());
        return Begin(asked, provider, model ?? providers.Models.First(one => one.Provider == provider).Model);
    }

    private static CompletionPart.Started Begin(AskedQuestion asked, string provider, string model) =>
        new(provider, model)
        {
            CompletionId = asked.AnswerId,
            BegunAt = asked.Question.CreatedAt,
            SessionId = asked.SessionId,
        };
}
