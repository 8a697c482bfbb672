using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>Stores turns in memory.</summary>
internal sealed class MemoryTurnStore(MemoryDatabase database) : ITurnStore
{
    public Task<OpenedTurn?> OpenAsync(TurnOpening opening, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(database.Run(tables => Open(opening, tables), opening.WorkerId));
    }

    public Task<bool> CloseAsync(TurnClosing closing, CancellationToken cancellationToken) =>
        Task.FromResult(
            database.Save(
                tables => Close(closing, tables),
                inDoubt: () => new DatabaseUnavailableException("The database did not answer in time."),
                closing.WorkerId
            )
        );

    private static OpenedTurn? Open(TurnOpening opening, MemoryTables tables)
    {
        var (turn, answer) = (opening.Turn, opening.Turn.Answer);
        var session = opening.NewSession ?? Find(answer, tables);
        if (opening.NewSession is null && session.Messages.Any(message => message.Status == MessageStatus.Generating))
            throw new SessionBusyException(session.Id);
        if (opening.Record is { } record && !tables.TryAdd(record.Copy()))
            return null;

        var past = Past(session, opening.HistoryTurns);
        if (opening.NewSession is not null)
            tables.Sessions.Add(session.Id, session.Copy());
        else
            Append(session, turn);
        var work = tables.WorkOn(answer.Id);
        (work.WorkerId, work.Request) = (opening.WorkerId, opening.Request);
        return new OpenedTurn(past, MayHaveDocuments: false);
    }

    private static bool Close(TurnClosing closing, MemoryTables tables)
    {
        var ended = closing.Turn.Answer;
        var work = tables.WorkOn(ended.Id);
        var stored = tables.FindMessage(ended.Id);
        if (stored is null)
            tables.AddCalls(closing.Calls);
        if (stored is null || work.WorkerId != closing.WorkerId || stored.Takeovers != ended.Takeovers)
            return false;
        if (stored.Status != MessageStatus.Generating)
            return true; // by an earlier attempt

        tables.Sessions[stored.SessionId].Replace(stored, ended);
        tables.AddCalls(closing.Calls);
        work.Request = null;
        if (closing.HasParts || ended.Takeovers > 0)
            work.Pieces.Clear();
        return true;
    }

    private static Session Find(Message answer, MemoryTables tables) =>
        tables.Sessions.TryGetValue(answer.SessionId, out var session) && session.Owner == answer.Owner
            ? session
            : throw new NotFoundException("session", answer.SessionId);

    private static void Append(Session session, Turn turn)
    {
        if (!session.IsTitled)
            session.Rename(turn.Title, session.UpdatedAt);
        session.Add(turn);
    }

    private static IReadOnlyList<PastTurn> Past(Session session, int turns)
    {
        var messages = session.Messages.ToDictionary(message => message.Id);
        return
        [
            .. session
                .Messages.Where(answer => answer is { Role: MessageRole.Assistant, Status: MessageStatus.Completed })
                .TakeLast(turns)
                .Select(answer => new PastTurn(messages[answer.QuestionId!.Value].Content, answer.Content)),
        ];
    }
}
