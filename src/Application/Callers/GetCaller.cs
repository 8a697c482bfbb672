using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Application.Usage;
using QrAi.Domain.Callers;
using QrAi.Domain.Usage;

namespace QrAi.Application.Callers;

/// <summary>Describes the caller: who it is and what it may do.</summary>
public sealed record GetCaller : IRequest<CallerDto>;

internal sealed class GetCallerHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    Budgets budgets,
    QuestionLimit? limit = null
) : IRequestHandler<GetCaller, CallerDto>
{
    public async Task<CallerDto> Handle(GetCaller request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        var key = caller.KeyId is { } id ? await FindKeyAsync(database, id, cancellationToken) : null;
        return new CallerDto(
            caller.Owner,
            caller.Authentication,
            key is null ? null : new CallerKeyDto(key.Id, key.Name, key.CreatedAt, key.ExpiresAt, key.LastUsedAt),
            caller.MayShare ? [NotPermittedException.Share] : [],
            limit is null ? null : new QuestionLimitDto(limit.PerMinute, limit.Burst),
            key is { Limits.Count: > 0 }
                ? [.. (await budgets.ReadAsync(database, key, cancellationToken)).Select(Describe)]
                : null
        );
    }

    private static KeyLimitDto Describe(LimitState state) =>
        new(
            state.Limit.ToString(),
            AmountOf(state, state.Used),
            AmountOf(state, Math.Max(state.Left, 0)),
            state.ResetsAt
        );

    private static decimal AmountOf(LimitState state, long amount) =>
        state.Limit.Unit == SpendingUnit.Tokens ? amount : Picodollars.ToDollars(amount);

    private static async Task<ApiKey> FindKeyAsync(
        IQrAiDbContext database,
        Guid id,
        CancellationToken cancellationToken
    ) =>
        await database.ApiKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == id, cancellationToken)
        ?? throw new NotFoundException("key", id);
}
