using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace QrAi.Application.Backups;

/// <summary>
/// The number of backups to retain: the newest one of each of the last days, ISO weeks and months (UTC) that have a backup.
/// Periods without a backup do not count, so that an interrupted schedule does not expire the existing backups.
/// </summary>
/// <param name="Daily">The number of days.</param>
/// <param name="Weekly">The number of weeks.</param>
/// <param name="Monthly">The number of months.</param>
public sealed partial record BackupRetention(int Daily, int Weekly, int Monthly)
{
    /// <summary>The validation message for an invalid text.</summary>
    public const string Rule =
        "must be numbers of days, weeks and months from 0 to 9999, at least one above 0, like 7d,4w,6m";

    /// <summary>The default: <c>7d,4w,6m</c>.</summary>
    public static BackupRetention Default { get; } = new(7, 4, 6);

    /// <summary>The retention time of data that a restore has replaced: <see cref="Daily"/> days, at least one.</summary>
    public TimeSpan SafetyTime => TimeSpan.FromDays(Math.Max(Daily, 1));

    /// <summary>
    /// Returns when a backup that exists now has expired, whatever it is retained for, if backups continue to be created daily.
    /// </summary>
    /// <param name="now">The current time.</param>
    public DateTimeOffset LastExpiry(DateTimeOffset now) =>
        new[] { now + SafetyTime, now.AddDays(7 * Weekly), now.AddMonths(Monthly) }.Max();

    /// <summary>Parses a text such as <c>7d,4w,6m</c>. A missing number is 0.</summary>
    /// <param name="text">The text.</param>
    /// <param name="retention">The parsed retention.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out BackupRetention? retention)
    {
        retention = null;
        var counts = new Dictionary<char, int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
            if (!Part().IsMatch(part) || !counts.TryAdd(part[^1], int.Parse(part[..^1], CultureInfo.InvariantCulture)))
                return false;
        if (counts.Values.Sum() == 0)
            return false;

        retention = new(counts.GetValueOrDefault('d'), counts.GetValueOrDefault('w'), counts.GetValueOrDefault('m'));
        return true;
    }

    /// <summary>
    /// Returns the expired backups. The last verified backup and all newer ones never expire. A backup that failed its
    /// verification does not count as the newest of a period, and expires when a newer one is verified. A safety backup
    /// expires after <see cref="SafetyTime"/>.
    /// </summary>
    /// <param name="backups">All backups.</param>
    /// <param name="now">The current time.</param>
    public IReadOnlyList<BackupManifest> Expired(IEnumerable<BackupManifest> backups, DateTimeOffset now)
    {
        var all = backups.OrderByDescending(backup => backup.CreatedAt).ToList();
        if (all.Find(backup => backup.IsVerified && backup.Purpose == BackupPurpose.Regular) is not { } lastVerified)
            return [];

        var regular = all.Where(backup => backup is { Purpose: BackupPurpose.Regular, HasFailed: false }).ToList();
        var retained = new HashSet<BackupManifest>(ReferenceEqualityComparer.Instance);
        retained.UnionWith(NewestOfEach(regular, Daily, time => time.Date.Ticks));
        retained.UnionWith(
            NewestOfEach(regular, Weekly, time => ISOWeek.GetYear(time) * 100 + ISOWeek.GetWeekOfYear(time))
        );
        retained.UnionWith(NewestOfEach(regular, Monthly, time => time.Year * 100 + time.Month));
        retained.UnionWith(all.Where(backup => backup.CreatedAt >= lastVerified.CreatedAt));
        retained.UnionWith(
            all.Where(backup => backup.Purpose == BackupPurpose.Safety && now - backup.CreatedAt <= SafetyTime)
        );
        return [.. all.Where(backup => !retained.Contains(backup))];
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Daily}d,{Weekly}w,{Monthly}m");

    private static IEnumerable<BackupManifest> NewestOfEach(
        IEnumerable<BackupManifest> newestFirst,
        int count,
        Func<DateTime, long> period
    ) => newestFirst.DistinctBy(backup => period(backup.CreatedAt.UtcDateTime)).Take(count);

    [GeneratedRegex("^[0-9]{1,4}[dwm]$")]
    private static partial Regex Part();
}
