using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Callers;

/// <summary>Revokes a key, in all processes within two seconds. A revoked key does not change.</summary>
/// <param name="Id">The key.</param>
public sealed record RevokeKey(Guid Id) : IRequest<KeyDto>;

internal sealed class RevokeKeyHandler(IQrAiDbContextFactory databases, TimeProvider clock)
    : IRequestHandler<RevokeKey, KeyDto>
{
    public async Task<KeyDto> Handle(RevokeKey request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateForService();
        var key =
            await database.ApiKeys.SingleOrDefaultAsync(key => key.Id == request.Id, cancellationToken)
            ?? throw new NotFoundException("key", request.Id);
        var now = clock.Now();
        key.Revoke(now);
        await database.SaveChangesAsync(cancellationToken);
        return KeyDto.Of(key, now);
    }
}
