using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Callers;
using QrAi.Domain.Usage;

namespace QrAi.Application.Usage;

/// <summary>
/// The limits of keys. Before a provider is called for a key with limits, the most that the answer may use is reserved; the
/// statement that stores the calls of the answer removes the reservation.
/// </summary>
internal sealed class Budgets(
    IQrAiDbContextFactory databases,
    SpendingBound bound,
    KeyedLock<BudgetKey> locks,
    Worker worker,
    TimeProvider clock,
    ILogger<Budgets> logger
)
{
    /// <summary>The wait for running answers to end, which have reserved what is left.</summary>
    private static readonly TimeSpan ReservedWait = TimeSpan.FromSeconds(5);

    /// <summary>Reserves what an answer may use.</summary>
    /// <param name="caller">The caller; without a limited key nothing is reserved.</param>
    /// <param name="id">The answer or completion.</param>
    /// <param name="demand">What will be asked for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The maximum number of tokens of the answer; null for no limit.</returns>
    /// <exception cref="BudgetExhaustedException">If a limit would be exceeded.</exception>
    public async Task<int?> ReserveAsync(
        CurrentCaller caller,
        Guid id,
        SpendingDemand demand,
        CancellationToken cancellationToken
    )
    {
        if (caller.KeyId is not { } keyId || !caller.IsLimited)
            return null;
        await worker.RegisterAsync(cancellationToken);
        // Within a process one after the other, so that only other processes conflict.
        using var held =
            await locks.TryAcquireAsync(new BudgetKey(keyId), cancellationToken) ?? throw new ConflictException();
        return await ConflictRetry.RunAsync(
            () => databases.CreateFor(caller.Owner),
            database => ReserveAsync(database, keyId, id, demand, cancellationToken)
        );
    }

    /// <summary>Removes a reservation, after the calls of its answer were stored.</summary>
    /// <param name="owner">The owner for which it was made.</param>
    /// <param name="id">The answer or completion.</param>
    public Task ReleaseAsync(string owner, Guid id) =>
        ReleaseAsync(owner, database => database.Reservations.Where(one => one.Id == id));

    /// <summary>Removes the reservation of an answer that cannot be closed, as it was deleted while it was generated.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="answerId">The answer. It keeps its reservation if it exists: another worker generates it.</param>
    public Task ReleaseDeletedAsync(string owner, Guid answerId) =>
        ReleaseAsync(
            owner,
            database =>
                database.Reservations.Where(one =>
                    one.Id == answerId && !database.Messages.Any(message => message.Id == answerId)
                )
        );

    /// <summary>Returns what the limits of a key have left.</summary>
    /// <param name="database">The unit of work of the owner.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<LimitState>> ReadAsync(
        IQrAiDbContext database,
        ApiKey key,
        CancellationToken cancellationToken
    )
    {
        var now = clock.Now();
        // Before the calls: an answer that ends meanwhile is counted twice, and not missed.
        var reserved = await database
            .Reservations.Where(one => one.KeyId == key.Id)
            .GroupBy(one => one.KeyId)
            .Select(all => new { Tokens = all.Sum(one => one.Tokens), Cost = all.Sum(one => one.Cost) })
            .SingleOrDefaultAsync(cancellationToken);
        var used = new Dictionary<SpendingPeriod, (long Tokens, long Cost)>();
        foreach (var limit in key.Limits.DistinctBy(limit => limit.Period))
            used[limit.Period] = await UsedAsync(database, key.Id, limit, now, cancellationToken);
        return
        [
            .. key.Limits.Select(limit =>
            {
                var (tokens, cost) = used[limit.Period];
                var isTokens = limit.Unit == SpendingUnit.Tokens;
                return new LimitState(
                    limit,
                    isTokens ? tokens : cost,
                    (isTokens ? reserved?.Tokens : reserved?.Cost) ?? 0,
                    limit.EndAt(now)
                );
            }),
        ];
    }

    private async Task ReleaseAsync(string owner, Func<IQrAiDbContext, IQueryable<Reservation>> released)
    {
        try
        {
            await using var database = databases.CreateFor(owner);
            await released(database).ExecuteDeleteAsync(CancellationToken.None);
        }
        catch (DatabaseUnavailableException exception)
        {
            logger.LogWarning("A reservation is removed later: {Reason}", exception.Message);
        }
    }

    private async Task<int?> ReserveAsync(
        IQrAiDbContext database,
        Guid keyId,
        Guid id,
        SpendingDemand demand,
        CancellationToken cancellationToken
    )
    {
        var budget = await database.KeyBudgets.SingleOrDefaultAsync(one => one.KeyId == keyId, cancellationToken);
        var key =
            await database.ApiKeys.AsNoTracking().SingleOrDefaultAsync(one => one.Id == keyId, cancellationToken)
            ?? throw new NotFoundException("key", keyId);
        var limits = await ReadAsync(database, key, cancellationToken);
        var prompt = await bound.CountPromptAsync(database, demand, cancellationToken);
        var price = bound.PriceOf(demand, limits);
        var most = demand.MaxTokens ?? SpendingBound.MaxAnswerTokens;
        var tokens = Allow(limits, prompt, most, price);
        if (budget is null)
            database.KeyBudgets.Add(budget = KeyBudget.Of(keyId, key.Owner));
        budget.Reserve();
        database.Reservations.Add(
            Reservation.Of(id, key.Owner, keyId, worker.Id, prompt + tokens, price.CostOf(prompt, tokens), clock.Now())
        );
        await database.SaveChangesAsync(cancellationToken);
        return tokens < most ? (int)tokens : null;
    }

    /// <summary>Returns how many tokens an answer may have, at least 1.</summary>
    private long Allow(IReadOnlyList<LimitState> limits, long prompt, long most, TokenPrice price)
    {
        var allowed = most;
        foreach (var state in limits)
        {
            var isTokens = state.Limit.Unit == SpendingUnit.Tokens;
            var own = isTokens ? 1 : price.Output;
            var left = state.Left - (isTokens ? prompt : prompt * price.Input);
            // A price that only the provider knows reserves nothing, and what is used already counts.
            var tokens =
                left < own || state.Left <= 0 ? 0
                : own == 0 ? most
                : left / own;
            if (tokens < 1)
                throw Exhausted(state, isTokens ? prompt + 1 : (prompt * price.Input) + own);
            allowed = Math.Min(allowed, tokens);
        }

        return allowed;
    }

    private BudgetExhaustedException Exhausted(LimitState state, long needed) =>
        new(
            $"The limit of the API key, {state.Limit}, is reached.",
            state.Limit.Amount - state.Used >= needed ? ReservedWait : state.ResetsAt - clock.Now()
        );

    private static async Task<(long Tokens, long Cost)> UsedAsync(
        IQrAiDbContext database,
        Guid keyId,
        SpendingLimit limit,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var start = limit.StartAt(now);
        var day = DateOnly.FromDateTime(start.UtcDateTime);
        // Calls are rolled up by day, so that shorter periods read each call.
        var isDays = limit.Period is SpendingPeriod.Day or SpendingPeriod.Month;
        var amounts = database
            .UsageRecords.Where(call => call.KeyId == keyId && call.Day >= day)
            .Where(call => isDays ? !call.IsRolledUp : call.CreatedAt >= start)
            .Select(call => new { Tokens = (long)call.PromptTokens + call.CompletionTokens, Cost = call.Cost ?? 0 });
        if (isDays)
            // In one statement, so that a call that is rolled up meanwhile is counted once.
            amounts = amounts.Concat(
                database
                    .UsageDays.Where(sum => sum.KeyId == keyId && sum.Day >= day)
                    .Select(sum => new { Tokens = sum.PromptTokens + sum.CompletionTokens, Cost = sum.Cost ?? 0 })
            );
        var used = await amounts
            .GroupBy(_ => 1)
            .Select(all => new { Tokens = all.Sum(one => one.Tokens), Cost = all.Sum(one => one.Cost) })
            .SingleOrDefaultAsync(cancellationToken);
        return (used?.Tokens ?? 0, used?.Cost ?? 0);
    }
}

/// <summary>A key whose budget is locked.</summary>
/// <param name="Id">The key.</param>
internal readonly record struct BudgetKey(Guid Id);

/// <summary>What is left of a limit.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Used">What was used in the current period, in the unit of the limit.</param>
/// <param name="Reserved">What running answers may use.</param>
/// <param name="ResetsAt">The end of the period.</param>
internal sealed record LimitState(SpendingLimit Limit, long Used, long Reserved, DateTimeOffset ResetsAt)
{
    /// <summary>What a new answer may use.</summary>
    public long Left => Limit.Amount - Used - Reserved;
}
