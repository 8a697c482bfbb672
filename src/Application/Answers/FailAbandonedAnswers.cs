using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>
/// Ends the answers whose process is gone, so that their sessions can be asked again. No answer runs for longer than its
/// total time, so one that is open after it has nobody any more, in whichever process it was begun.
/// </summary>
public sealed record FailAbandonedAnswers : IRequest<int>
{
    internal static AnswerError Interrupted { get; } =
        new(AnswerErrorCodes.Interrupted, "The process that generated the answer ended before it was whole.");
}

internal sealed class FailAbandonedAnswersHandler(
    IQrAiDbContextFactory databases,
    GenerationOptions options,
    TimeProvider clock
) : IRequestHandler<FailAbandonedAnswers, int>
{
    private const int Batch = 100;
    private static readonly string[] _everyOwners = [IQrAiDbContext.OwnerFilter];

    public async Task<int> Handle(FailAbandonedAnswers request, CancellationToken cancellationToken)
    {
        var total = 0;
        int batch;
        do
        {
            batch = await ConflictRetry.RunAsync(
                databases.CreateForService,
                database => FailBatchAsync(database, cancellationToken)
            );
            total += batch;
        } while (batch == Batch);
        return total;
    }

    private async Task<int> FailBatchAsync(IQrAiDbContext database, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var before = now - options.AbandonedAfter;
        var answers = await database
            .Messages.IgnoreQueryFilters(_everyOwners)
            .Where(message => message.Status == MessageStatus.Generating && message.CreatedAt < before)
            .OrderBy(message => message.CreatedAt)
            .Take(Batch)
            .ToListAsync(cancellationToken);
        if (answers.Count == 0)
            return 0;

        var open = answers.ToDictionary(answer => answer.SessionId, answer => answer.Id);
        var sessions = await database
            .Sessions.IgnoreQueryFilters(_everyOwners)
            .Where(s => open.Keys.Contains(s.Id))
            .ToListAsync(cancellationToken);
        foreach (var session in sessions)
            session.FailAnswer(open[session.Id], Generation.Nothing, FailAbandonedAnswers.Interrupted, now);
        await database.SaveChangesAsync(cancellationToken);
        return answers.Count;
    }
}
