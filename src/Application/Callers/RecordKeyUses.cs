using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;

namespace QrAi.Application.Callers;

/// <summary>Saves the last uses of keys that this process has collected, in one transaction.</summary>
public sealed record RecordKeyUses : IRequest;

internal sealed class RecordKeyUsesHandler(IQrAiDbContextFactory databases, KeyUses uses)
    : IRequestHandler<RecordKeyUses>
{
    public async Task Handle(RecordKeyUses request, CancellationToken cancellationToken)
    {
        var taken = uses.Take();
        if (taken.Count == 0)
            return;

        try
        {
            await using var database = databases.CreateForService();
            var ids = taken.Keys.ToList();
            var keys = await database.ApiKeys.Where(key => ids.Contains(key.Id)).ToListAsync(cancellationToken);
            foreach (var key in keys)
                key.RecordUse(taken[key.Id]);
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DatabaseUnavailableException)
        {
            // The next run saves them.
            foreach (var (id, at) in taken)
                uses.Add(id, at);
            throw;
        }
    }
}
