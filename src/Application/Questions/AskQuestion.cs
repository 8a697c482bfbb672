using System.ComponentModel.DataAnnotations;
using FluentValidation;
using MediatR;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Search;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Questions;

/// <summary>A question to a language model.</summary>
/// <remarks>When the handler returns, the question and its open answer are stored and the answer is being generated.</remarks>
/// <param name="Question">The question: 1–100,000 characters after trimming.</param>
/// <param name="SessionId">The session to continue; without it a new session is created.</param>
/// <param name="Provider">The only provider to ask; without it all providers are asked in the order of failover.</param>
/// <param name="Model">The model to ask for; without it the provider's default model.</param>
/// <param name="Sources">
/// <c>documents</c>: the answer is given passages of the documents that the caller can read, if there are any. <c>none</c>: it
/// is given none. Without it <c>documents</c>.
/// </param>
/// <param name="DocumentIds">The documents to choose passages from, 1–100 of them; without it all.</param>
public sealed record AskQuestion(
    [property: Required, MinLength(1)] string? Question,
    Guid? SessionId = null,
    string? Provider = null,
    string? Model = null,
    [property: AllowedValues(QuestionSources.Documents, QuestionSources.None, null)] string? Sources = null,
    IReadOnlyList<Guid>? DocumentIds = null
) : IRequest<AskedQuestion>, IQuestion, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

/// <summary>What an answer is given beside the conversation.</summary>
public static class QuestionSources
{
    /// <summary>Passages of the documents that the caller can read.</summary>
    public const string Documents = "documents";

    /// <summary>Nothing.</summary>
    public const string None = "none";
}

/// <summary>A stored question.</summary>
/// <param name="SessionId">The session of the question.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">A follower of the answer, which is being generated. The caller must dispose of it.</param>
public sealed record AskedQuestion(Guid SessionId, MessageDto Question, Follower Answer);

internal sealed class AskQuestionValidator : AbstractValidator<AskQuestion>
{
    private const int MaxModelLength = 200;

    public AskQuestionValidator(IModelProviders providers)
    {
        // Known providers that are not configured are valid here: the plan of the answer reports them.
        var names = providers.Models.Select(model => model.Provider).Union(ModelProviderNames.All).ToList();
        RuleFor(request => request.Question).HumanText(Session.MaxQuestionLength);
        RuleFor(request => request.Provider)
            .Must(provider => names.Contains(provider!))
            .WithMessage($"must be one of {string.Join(", ", names)}")
            .When(request => request.Provider is not null);
        RuleFor(request => request.Model).HumanText(MaxModelLength).When(request => request.Model is not null);
        RuleFor(request => request.Sources)
            .Must(sources => sources is null or QuestionSources.Documents or QuestionSources.None)
            .WithMessage($"must be {QuestionSources.Documents} or {QuestionSources.None}");
        RuleFor(request => request.DocumentIds).DocumentIds();
        RuleFor(request => request.DocumentIds)
            .Null()
            .WithMessage($"must be omitted if sources is {QuestionSources.None}")
            .When(request => request.Sources == QuestionSources.None);
    }
}

internal sealed class AskQuestionHandler(QuestionIntake intake, CurrentCaller caller)
    : IRequestHandler<AskQuestion, AskedQuestion>
{
    public Task<AskedQuestion> Handle(AskQuestion request, CancellationToken cancellationToken) =>
        intake.AskAsync(
            request.Question!.Trim(),
            request.SessionId,
            new AnswerRequest
            {
                Provider = request.Provider,
                Model = request.Model?.Trim(),
                WithoutDocuments = request.Sources == QuestionSources.None,
                DocumentIds = request.DocumentIds,
                KeyId = caller.KeyId,
            },
            request.IdempotencyKey,
            cancellationToken
        );
}
