using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// The queries that every question runs, compiled once. A compiled query belongs to one model, and a process may have
/// several (one for each database), so they are kept by model.
/// </summary>
internal sealed class CompiledQueries
{
    private static readonly ConditionalWeakTable<IModel, CompiledQueries> ByModel = [];

    public Func<QrAiDbContext, string, CancellationToken, Task<ApiKey?>> FindKey { get; } =
        EF.CompileAsyncQuery(
            (QrAiDbContext database, string hash, CancellationToken _) =>
                database.ApiKeys.AsNoTracking().SingleOrDefault(key => key.Hash == hash)
        );

    public Func<QrAiDbContext, Guid, CancellationToken, Task<Session?>> FindSession { get; } =
        EF.CompileAsyncQuery(
            (QrAiDbContext database, Guid id, CancellationToken _) =>
                database.Sessions.SingleOrDefault(session => session.Id == id)
        );

    // Completed ones only: what failed or was cancelled would mislead the model.
    public Func<QrAiDbContext, Guid, int, IAsyncEnumerable<PastMessage>> RecentMessages { get; } =
        EF.CompileAsyncQuery(
            (QrAiDbContext database, Guid sessionId, int count) =>
                database
                    .Messages.Where(message =>
                        message.SessionId == sessionId && message.Status == MessageStatus.Completed
                    )
                    .OrderByDescending(message => message.Number)
                    .Take(count)
                    .Select(message => new PastMessage(message.Role, message.Content))
        );

    public static CompiledQueries Of(DbContext database) =>
        ByModel.GetValue(database.Model, _ => new CompiledQueries());
}
