using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;

namespace QrAi.Application.Callers;

/// <summary>Writes when keys were used, those of this process since the last time, all in one go.</summary>
public sealed record RecordKeyUses : IRequest;

internal sealed class RecordKeyUsesHandler(IQrAiDbContextFactory databases, KeyUses uses)
    : IRequestHandler<RecordKeyUses>
{
    public async Task Handle(RecordKeyUses request, CancellationToken cancellationToken)
    {
        var noted = uses.Take();
        if (noted.Count == 0)
            return;

        try
        {
            await using var database = databases.CreateForService();
            var ids = noted.Keys.ToList();
            var keys = await database.ApiKeys.Where(key => ids.Contains(key.Id)).ToListAsync(cancellationToken);
            foreach (var key in keys)
                key.NoteUse(noted[key.Id]);
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DatabaseUnavailableException)
        {
            // Later, then.
            foreach (var (id, at) in noted)
                uses.Note(id, at);
            throw;
        }
    }
}
