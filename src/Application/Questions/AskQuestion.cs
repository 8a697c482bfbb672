using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Answers;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Domain.Idempotency;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Questions;

/// <summary>Asks a question. When this returns, the question and its open answer are kept and the answer is on its way.</summary>
/// <param name="Question">1–8,000 characters after trimming.</param>
/// <param name="SessionId">The session to go on with, or null for a new one.</param>
/// <param name="Provider">The only provider to ask, or null for all in the order of failover.</param>
/// <param name="Model">The model to ask for, or null for the provider's own.</param>
public sealed record AskQuestion(string? Question, Guid? SessionId, string? Provider, string? Model)
    : IRequest<AskedQuestion>,
        IQuestion;

/// <summary>A question that is kept.</summary>
/// <param name="SessionId">Its session.</param>
/// <param name="Question">The question.</param>
/// <param name="AnswerId">Its answer, which is being generated.</param>
public sealed record AskedQuestion(Guid SessionId, MessageDto Question, Guid AnswerId);

internal sealed class AskQuestionValidator : AbstractValidator<AskQuestion>
{
    private const int MaxModelLength = 200;

    public AskQuestionValidator()
    {
        RuleFor(request => request.Question).HumanText(Session.MaxQuestionLength);
        RuleFor(request => request.Provider)
            .Must(provider => ModelProviderNames.All.Contains(provider))
            .WithMessage($"must be one of {string.Join(", ", ModelProviderNames.All)}")
            .When(request => request.Provider is not null);
        RuleFor(request => request.Model).HumanText(MaxModelLength).When(request => request.Model is not null);
    }
}

internal sealed class AskQuestionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    IModelProviders providers,
    RunningAnswers running,
    AnswerGenerator generator,
    GenerationOptions options,
    TimeProvider clock,
    IMapper mapper
) : IRequestHandler<AskQuestion, AskedQuestion>
{
    public async Task<AskedQuestion> Handle(AskQuestion request, CancellationToken cancellationToken)
    {
        if (idempotency.Earlier is { } earlier)
            return await RepeatAsync(earlier, cancellationToken);

        running.ThrowIfStopping();
        var client = providers.ClientFor(request.Provider);

        var kept = request.SessionId is { } sessionId
            ? await AskInAsync(sessionId, request.Question!.Trim(), cancellationToken)
            : await AskInNewAsync(request.Question!.Trim());
        if (kept is null) // another process was faster with the same key
            return await RepeatAsync(idempotency.Earlier!, cancellationToken);

        generator.Begin(kept.Session, kept.Question, kept.Answer, kept.Past, client, request.Model?.Trim());
        idempotency.NoteKept();
        return new AskedQuestion(kept.Session.Id, mapper.Map<MessageDto>(kept.Question), kept.Answer.Id);
    }

    /// <summary>Gives the question that was asked the first time, whose answer may still be on its way.</summary>
    private async Task<AskedQuestion> RepeatAsync(IdempotencyRecord earlier, CancellationToken cancellationToken)
    {
        var answer = await GetAnswerHandler.ReadAsync(
            databases,
            mapper,
            caller.Owner,
            earlier.AnswerId!.Value,
            cancellationToken
        );
        await using var database = databases.CreateFor(caller.Owner);
        var question =
            await database
                .Messages.Where(message => message.Id == answer.QuestionId)
                .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException("session", answer.SessionId);
        return new AskedQuestion(answer.SessionId, question, answer.Id);
    }

    // From the first save on, nobody may cancel: a caller who leaves while it is confirmed would leave an answer that is
    // open and that nobody generates.
    private async Task<Kept?> AskInNewAsync(string text)
    {
        var now = clock.Now();
        var session = Session.Open(caller.Owner, null, now);
        var (question, answer) = session.Ask(text, now);
        await using var database = databases.CreateFor(caller.Owner);
        database.Sessions.Add(session);
        idempotency.Record(database, answer.Id);
        try
        {
            await database.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Only this call knows these ids: they are there because a try was saved whose confirmation was lost, unless
            // somebody was faster with the same key.
            if (
                await idempotency.FindEarlierAsync(CancellationToken.None) is { } earlier
                && earlier.AnswerId != answer.Id
            )
                return null;
        }

        return new Kept(session, question, answer, []);
    }

    private Task<Kept?> AskInAsync(Guid sessionId, string text, CancellationToken cancellationToken)
    {
        Kept? tried = null;
        return ConflictRetry.RunAsync(
            () => databases.CreateFor(caller.Owner),
            async database =>
            {
                var session =
                    await database.FindSessionAsync(sessionId, cancellationToken)
                    ?? throw new NotFoundException("session", sessionId);
                if (tried is not null && session.OpenAnswerId == tried.Answer.Id)
                    return tried; // it was saved, and only the confirmation was lost

                // After the session was read: if it is busy with the same question, the record of that is there.
                if (await idempotency.FindEarlierAsync(cancellationToken) is not null)
                    return null;

                var wanted = Math.Min(options.HistoryMessages, session.MessageCount);
                var (question, answer) = session.Ask(text, clock.Now());
                var past = await database.RecentMessagesAsync(sessionId, wanted, cancellationToken);
                tried = new Kept(session, question, answer, past.Reverse());
                idempotency.Record(database, answer.Id);
                await database.SaveChangesAsync(CancellationToken.None);
                return tried;
            }
        );
    }

    private sealed record Kept(Session Session, Message Question, Message Answer, IEnumerable<PastMessage> Past);
}
