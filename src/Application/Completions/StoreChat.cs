using FluentValidation;
using MediatR;
using QrAi.Application.Behaviours;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
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
/// <returns>Follows the answer; whoever asked disposes of it.</returns>
public sealed record StoreChat(
    string? Model,
    IReadOnlyList<CompletionMessage> Messages,
    CompletionOptions Options,
    Guid? SessionId
) : IRequest<Follower>, IChat, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

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

internal sealed class StoreChatHandler(QuestionIntake intake) : IRequestHandler<StoreChat, Follower>
{
    public async Task<Follower> Handle(StoreChat request, CancellationToken cancellationToken)
    {
        var asked = await intake.AskAsync(
            request.Messages[^1].Text.Trim(),
            request.SessionId,
            new AnswerRequest
            {
                Model = request.Model!.Trim(),
                Messages = request.Messages,
                Options = request.Options,
            },
            request.IdempotencyKey,
            cancellationToken
        );
        return asked.Answer;
    }
}
