using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class BackupRetentionTests
{
    private static readonly DateTimeOffset Now = TestClock.Noon; // a Monday

    [TestCase("7d,4w,6m", 7, 4, 6)]
    [TestCase("6m, 7d ,4w", 7, 4, 6)]
    [TestCase("30d", 30, 0, 0)]
    [TestCase("0d,1w", 0, 1, 0)]
    [TestCase("9999d,9999w,9999m", 9999, 9999, 9999)]
    public void Retention_is_read_from_the_settings(string text, int daily, int weekly, int monthly)
    {
        BackupRetention.TryParse(text, out var retention).ShouldBeTrue();

        retention.ShouldBe(new BackupRetention(daily, weekly, monthly));
    }

    [TestCase("7d,4w,6m", "2027-05-23T12:00")]
    [TestCase("30d,4w", "2026-12-23T12:00")]
    [TestCase("1d,2w", "2026-12-07T12:00")]
    public void A_backup_expires_when_none_of_the_periods_needs_it(string text, string expected)
    {
        BackupRetention.TryParse(text, out var retention).ShouldBeTrue();

        retention
            .LastExpiry(Now)
            .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBe(expected);
    }

    [TestCase("")]
    [TestCase("7")]
    [TestCase("7d,")]
    [TestCase("7d,7d")]
    [TestCase("7y")]
    [TestCase("-7d")]
    [TestCase("7 d")]
    [TestCase("7.5d")]
    [TestCase("10000d")]
    [TestCase("٧d")]
    [TestCase("0d,0w,0m")]
    public void Invalid_text_is_rejected(string text) => BackupRetention.TryParse(text, out _).ShouldBeFalse();

    [Test]
    public void The_newest_of_each_day_week_and_month_is_retained()
    {
        // Two backups a day for 400 days, at 1:00 and at 3:00.
        var backups = Enumerable
            .Range(0, 400)
            .SelectMany(day =>
                new[] { Backup(Now.AddDays(-day).AddHours(-9)), Backup(Now.AddDays(-day).AddHours(-11)) }
            )
            .ToList();

        var retained = Retained(new BackupRetention(3, 3, 3), backups);

        string[] expected =
        [
            "qrai-20261123T030000Z", // Monday: day, week, month
            "qrai-20261122T030000Z", // Sunday: day, week
            "qrai-20261121T030000Z", // Saturday: day
            "qrai-20261115T030000Z", // the Sunday before: week
            "qrai-20261031T030000Z", // the end of October
            "qrai-20260930T030000Z", // the end of September
        ];
        retained.ShouldBe(expected);
    }

    [Test]
    public void Weeks_are_ISO_weeks_even_across_years()
    {
        string[] days = ["2027-01-04", "2027-01-03", "2026-12-28", "2026-12-27"];
        var backups = days.Select(day => Backup(At(day)));

        // 28 December to 3 January is one week, the 53rd.
        string[] expected = ["qrai-20270104T000000Z", "qrai-20270103T000000Z", "qrai-20261227T000000Z"];
        Retained(new BackupRetention(0, 3, 0), backups).ShouldBe(expected);
    }

    [Test]
    public void Days_without_a_backup_do_not_count()
    {
        var backups = Enumerable.Range(0, 4).Select(number => Backup(Now.AddDays(-100 * number)));

        Retained(new BackupRetention(3, 0, 0), backups).Count.ShouldBe(3);
    }

    [Test]
    public void The_last_verified_backup_and_all_newer_ones_never_expire()
    {
        var verified = Backup(Now.AddDays(-9), Verified);
        var newer = Enumerable.Range(0, 9).Select(day => Backup(Now.AddDays(-day), verification: null)).ToList();
        var older = Backup(Now.AddDays(-10), Verified);

        Retained(new BackupRetention(1, 0, 0), [.. newer, verified, older])
            .ShouldBe([.. newer.Select(Id), verified.Id]);
    }

    [Test]
    public void Without_a_verified_backup_none_expires()
    {
        var backups = Enumerable.Range(0, 50).Select(day => Backup(Now.AddDays(-day), verification: null)).ToList();

        BackupRetention.Default.Expired(backups, Now).ShouldBeEmpty();
    }

    [Test]
    public void A_failed_backup_does_not_replace_a_good_one_and_expires_when_a_newer_one_is_verified()
    {
        var good = Backup(Now.AddHours(-9), Verified);
        var failed = Backup(Now.AddHours(-3), Failed);
        var earlier = Backup(Now.AddHours(-33), Verified);
        var retention = new BackupRetention(2, 0, 0);

        Retained(retention, [failed, good, earlier]).ShouldBe([failed.Id, good.Id, earlier.Id]);
        var next = Backup(Now, Verified);
        Retained(retention, [next, failed, good, earlier]).ShouldBe([next.Id, earlier.Id]);
    }

    [Test]
    public void A_safety_backup_is_retained_in_addition_for_as_many_days_as_there_are_daily_backups()
    {
        var regular = Enumerable.Range(0, 10).Select(day => Backup(Now.AddDays(-day).AddHours(-1))).ToList();
        var safety = Backup(Now.AddDays(-2), verification: null, BackupPurpose.Safety);
        var oldSafety = Backup(Now.AddDays(-3).AddSeconds(-1), Verified, BackupPurpose.Safety);

        var retained = Retained(new BackupRetention(3, 0, 0), [.. regular, safety, oldSafety]);

        retained.ShouldBe([regular[0].Id, regular[1].Id, safety.Id, regular[2].Id]);
    }

    [Test]
    public void A_verified_safety_backup_does_not_count_as_the_last_verified()
    {
        var regular = Backup(Now.AddDays(-40), Verified);
        var safety = Backup(Now.AddDays(-1), Verified, BackupPurpose.Safety);

        Retained(new BackupRetention(1, 0, 0), [regular, safety]).ShouldContain(regular.Id);
    }

    private static BackupVerification Verified { get; } = new(Now, null);

    private static BackupVerification Failed { get; } = new(Now, "Table public.messages is missing.");

    private static List<string> Retained(BackupRetention retention, IEnumerable<BackupManifest> backups)
    {
        var all = backups.ToList();
        var expired = retention.Expired(all, Now);
        expired.ShouldBeSubsetOf(all);
        return [.. all.Except(expired).OrderByDescending(backup => backup.CreatedAt).Select(Id)];
    }

    private static string Id(BackupManifest backup) => backup.Id;

    private static DateTimeOffset At(string day) =>
        DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    private static BackupManifest Backup(DateTimeOffset time) => Backup(time, Verified);

    private static BackupManifest Backup(
        DateTimeOffset time,
        BackupVerification? verification,
        BackupPurpose purpose = BackupPurpose.Regular
    ) => Manifests.At(time) with { Verification = verification, Purpose = purpose };
}
