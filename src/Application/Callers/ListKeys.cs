using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Callers;

/// <summary>Lists all keys, oldest first, including revoked and expired ones.</summary>
public sealed record ListKeys : IRequest<IReadOnlyList<KeyDto>>;

internal sealed class ListKeysHandler(IQrAiDbContextFactory databases, TimeProvider clock)
    : IRequestHandler<ListKeys, IReadOnlyList<KeyDto>>
{
    public async Task<IReadOnlyList<KeyDto>> Handle(ListKeys request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateForService();
        var keys = await database.ApiKeys.AsNoTracking().OrderBy(key => key.Id).ToListAsync(cancellationToken);
        var now = clock.Now();
        return [.. keys.Select(key => KeyDto.Of(key, now))];
    }
}
