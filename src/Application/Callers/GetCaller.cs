using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;

namespace QrAi.Application.Callers;

/// <summary>Describes the caller: who it is and what it may do.</summary>
public sealed record GetCaller : IRequest<CallerDto>;

internal sealed class GetCallerHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    QuestionLimit? limit = null
) : IRequestHandler<GetCaller, CallerDto>
{
    public async Task<CallerDto> Handle(GetCaller request, CancellationToken cancellationToken) =>
        new(
            caller.Owner,
            caller.Authentication,
            caller.KeyId is { } id ? await ReadKeyAsync(id, cancellationToken) : null,
            caller.MayShare ? [NotPermittedException.Share] : [],
            limit is null ? null : new QuestionLimitDto(limit.PerMinute, limit.Burst)
        );

    private async Task<CallerKeyDto> ReadKeyAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        return await database
                .ApiKeys.Where(key => key.Id == id)
                .Select(key => new CallerKeyDto(key.Id, key.Name, key.CreatedAt, key.ExpiresAt, key.LastUsedAt))
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException("key", id);
    }
}
