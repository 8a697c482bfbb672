using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using QrAi.Application.Answers;
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

/// <summary>How an answer is to be generated.</summary>
/// <param name="Client">Whom to ask.</param>
/// <param name="Prompt">What it is sent, given the completed messages before the question, oldest first.</param>
/// <param name="Options">How it is to answer, or null to leave that to the provider.</param>
internal sealed record AnswerPlan(
    IChatClient Client,
    Func<IEnumerable<PastMessage>, IReadOnlyList<ChatMessage>> Prompt,
    ChatOptions? Options
);

/// <summary>
/// Keeps a question with its open answer, and begins the answer; one that comes again with its idempotency key is given back
/// as it was asked.
/// </summary>
internal sealed class QuestionIntake(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    RunningAnswers running,
    AnswerGenerator generator,
    GenerationOptions options,
    TimeProvider clock,
    IMapper mapper
)
{
    /// <summary>Asks.</summary>
    /// <param name="question">The question.</param>
    /// <param name="sessionId">The session to go on with, or null for a new one.</param>
    /// <param name="plan">Says how to answer; it is not asked for a question that comes again.</param>
    /// <param name="cancellationToken">Stops waiting until the question is kept.</param>
    /// <returns>The question, which is kept.</returns>
    /// <exception cref="NotFoundException">There is no such session.</exception>
    /// <exception cref="SessionBusyException">The session still answers the question before.</exception>
    /// <exception cref="ShuttingDownException">The service stops, and takes no more questions.</exception>
    public async Task<AskedQuestion> AskAsync(
        string question,
        Guid? sessionId,
        Func<AnswerPlan> plan,
        CancellationToken cancellationToken
    )
    {
        if (idempotency.Earlier is { } earlier)
            return await RepeatAsync(earlier, cancellationToken);

        running.ThrowIfStopping();
        var (client, prompt, chatOptions) = plan();

        var kept = sessionId is { } id
            ? await AskInAsync(id, question, cancellationToken)
            : await AskInNewAsync(question);
        if (kept is null) // another process was faster with the same key
            return await RepeatAsync(idempotency.Earlier!, cancellationToken);

        generator.Begin(kept.Session, kept.Question, kept.Answer, client, prompt(kept.Past), chatOptions);
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
