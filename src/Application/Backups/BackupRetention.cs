using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace QrAi.Application.Backups;

/// <summary>
/// How many backups stay: the newest one of each of the last so many days, ISO weeks and months (UTC) that have one. Days
/// without a backup do not count, so that a schedule that stood still loses nothing.
/// </summary>
/// <param name="Daily">How many days.</param>
/// <param name="Weekly">How many weeks.</param>
/// <param name="Monthly">How many months.</param>
public sealed partial record BackupRetention(int Daily, int Weekly, int Monthly)
{
    /// <summary>What is valid, for people.</summary>
    public const string Rule =
        "must be numbers of days, weeks and months from 0 to 9999, at least one above 0, like 7d,4w,6m";

    /// <summary>What is used when nothing is set: <c>7d,4w,6m</c>.</summary>
    public static BackupRetention Default { get; } = new(7, 4, 6);

    /// <summary>How long that stays which a restore has replaced: as many days as there are daily backups, at least one.</summary>
    public TimeSpan SafetyTime => TimeSpan.FromDays(Math.Max(Daily, 1));

    /// <summary>Reads <c>7d,4w,6m</c>; what is left out is 0.</summary>
    /// <param name="text">The text.</param>
    /// <param name="retention">What it says.</param>
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
    /// Which backups may go. Never the last verified one, and nothing that is newer than it. One that failed its
    /// verification takes no good one's place; it goes when a newer one has been verified. One that was made before a
    /// restore stays for as many days as there are daily ones (at least one), beside the others.
    /// </summary>
    /// <param name="backups">All backups.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<BackupManifest> Expired(IEnumerable<BackupManifest> backups, DateTimeOffset now)
    {
        var all = backups.OrderByDescending(backup => backup.CreatedAt).ToList();
        if (all.Find(backup => backup.IsVerified && backup.Purpose == BackupPurpose.Regular) is not { } lastVerified)
            return [];

        var regular = all.Where(backup => backup is { Purpose: BackupPurpose.Regular, HasFailed: false }).ToList();
        var kept = new HashSet<BackupManifest>(ReferenceEqualityComparer.Instance);
        kept.UnionWith(NewestOfEach(regular, Daily, time => time.Date.Ticks));
        kept.UnionWith(
            NewestOfEach(regular, Weekly, time => ISOWeek.GetYear(time) * 100 + ISOWeek.GetWeekOfYear(time))
        );
        kept.UnionWith(NewestOfEach(regular, Monthly, time => time.Year * 100 + time.Month));
        kept.UnionWith(all.Where(backup => backup.CreatedAt >= lastVerified.CreatedAt));
        kept.UnionWith(
            all.Where(backup => backup.Purpose == BackupPurpose.Safety && now - backup.CreatedAt <= SafetyTime)
        );
        return [.. all.Where(backup => !kept.Contains(backup))];
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
