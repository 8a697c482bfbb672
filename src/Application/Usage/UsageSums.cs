using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using QrAi.Domain.Usage;

namespace QrAi.Application.Usage;

/// <summary>
/// Sums the usage of some days: those that are rolled up, and the calls that are not yet, in one statement, so that no call is
/// missing or counted twice.
/// </summary>
internal static class UsageSums
{
    /// <summary>The key of the sums of callers without an API key.</summary>
    public const string NoKey = "none";

    /// <summary>Sums usage.</summary>
    /// <param name="days">The sums of days.</param>
    /// <param name="calls">The calls.</param>
    /// <param name="period">The days.</param>
    /// <param name="by">What to sum by.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<UsageReport> ReadAsync(
        IQueryable<UsageDay> days,
        IQueryable<UsageRecord> calls,
        UsagePeriod period,
        ServiceUsageGrouping by,
        CancellationToken cancellationToken
    )
    {
        var lines = Lines(days, calls, period);
        var items = by switch
        {
            ServiceUsageGrouping.Day => await SumAsync(
                lines,
                line => line.Day,
                day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                cancellationToken
            ),
            ServiceUsageGrouping.Model => await SumAsync(
                lines,
                line => line.Provider + "/" + line.Model,
                name => name,
                cancellationToken
            ),
            ServiceUsageGrouping.Owner => await SumAsync(lines, line => line.Owner, owner => owner, cancellationToken),
            ServiceUsageGrouping.Key => await SumAsync(
                lines,
                line => line.KeyId,
                key => key == Guid.Empty ? NoKey : key.ToString(),
                cancellationToken
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(by)),
        };
        return new UsageReport(items, TotalOf(items));
    }

    private static IQueryable<Line> Lines(
        IQueryable<UsageDay> days,
        IQueryable<UsageRecord> calls,
        UsagePeriod period
    ) =>
        days.Where(day => day.Day >= period.From && day.Day <= period.To)
            .Select(day => new Line
            {
                Day = day.Day,
                Owner = day.Owner,
                KeyId = day.KeyId,
                Provider = day.Provider,
                Model = day.Model,
                Questions = day.Questions,
                PromptTokens = day.PromptTokens,
                CompletionTokens = day.CompletionTokens,
                Cost = day.Cost,
            })
            .Concat(
                calls
                    .Where(call => !call.IsRolledUp && call.Day >= period.From && call.Day <= period.To)
                    .Select(call => new Line
                    {
                        Day = call.Day,
                        Owner = call.Owner,
                        KeyId = call.KeyId ?? Guid.Empty,
                        Provider = call.Provider,
                        Model = call.Model,
                        Questions = call.Questions,
                        PromptTokens = call.PromptTokens,
                        CompletionTokens = call.CompletionTokens,
                        Cost = call.Cost,
                    })
            );

    private static async Task<List<UsageItem>> SumAsync<TKey>(
        IQueryable<Line> lines,
        Expression<Func<Line, TKey>> key,
        Func<TKey, string> name,
        CancellationToken cancellationToken
    )
    {
        var sums = await lines
            .GroupBy(key)
            .Select(group => new
            {
                group.Key,
                Questions = group.Sum(line => line.Questions),
                PromptTokens = group.Sum(line => line.PromptTokens),
                CompletionTokens = group.Sum(line => line.CompletionTokens),
                KnownCosts = group.Count(line => line.Cost != null),
                Cost = group.Sum(line => line.Cost),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. sums.Select(sum => new UsageItem(
                    name(sum.Key),
                    sum.Questions,
                    sum.PromptTokens,
                    sum.CompletionTokens,
                    sum.KnownCosts > 0 ? Picodollars.ToDollars(sum.Cost!.Value) : null
                ))
                .OrderBy(item => item.Key, StringComparer.Ordinal),
        ];
    }

    private static UsageTotal TotalOf(List<UsageItem> items) =>
        new(
            items.Sum(item => item.Questions),
            items.Sum(item => item.PromptTokens),
            items.Sum(item => item.CompletionTokens),
            items.Exists(item => item.Cost is not null) ? items.Sum(item => item.Cost ?? 0) : null
        );

    private sealed class Line
    {
        public DateOnly Day { get; init; }
        public string Owner { get; init; } = "";
        public Guid KeyId { get; init; }
        public string Provider { get; init; } = "";
        public string Model { get; init; } = "";
        public long Questions { get; init; }
        public long PromptTokens { get; init; }
        public long CompletionTokens { get; init; }
        public long? Cost { get; init; }
    }
}
