using FluentValidation;
using MediatR;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Questions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>
/// Continues a conversation, and stores its last message and the answer in a session, like a question: before a provider is
/// called, and completely even if the caller disconnects.
/// </summary>
/// <param name="Model">A provider's name, <c>provider/model</c>, or a provider's default model.</param>
/// <param name="Messages">The conversation, oldest first: 1 to 2,048 messages, the last one the question.</param>
/// <param name="Options">The options of the generation, without tools, because a session stores texts.</param>
/// <param name="SessionId">The session to continue; null for a new one.</param>
/// <returns>A follower of the answer, which the caller must dispose of.</returns>
public sealed record StoreChat(
    string? Model,
    IReadOnlyList<CompletionMessage> Messages,
    CompletionOptions Options,
    Guid? SessionId
) : IRequest<Follower>, IChat, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>Whether the model is given passages of the documents that the caller can read.</summary>
    public bool UsesDocuments { get; init; }
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
                    .WithMessage("must be user: the last message is the question that is stored")
                    .OverridePropertyName("role");
                message.RuleFor(one => one!.Text).HumanText(Session.MaxQuestionLength).OverridePropertyName("content");
            })
            .OverridePropertyName(nameof(IChat.Messages));
        RuleFor(request => request.Options.AdditionalMembers)
            .Must(members => !members.ContainsKey("tools"))
            .WithMessage("must be omitted if store is true: a session stores texts")
            .OverridePropertyName("tools");
    }

    /// <summary>Returns null for all messages but the last one, so that an error has the index of the last message.</summary>
    private static IEnumerable<CompletionMessage?> LastOf(IReadOnlyList<CompletionMessage> messages) =>
        messages.Select((message, index) => index == messages.Count - 1 ? message : null);
}

internal sealed class StoreChatHandler(QuestionIntake intake, CurrentCaller caller)
    : IRequestHandler<StoreChat, Follower>
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
                WithoutDocuments = !request.UsesDocuments,
                KeyId = caller.KeyId,
            },
            request.IdempotencyKey,
            cancellationToken
        );
        return asked.Answer;
    }
}
