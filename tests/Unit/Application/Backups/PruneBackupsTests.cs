using QrAi.Application.Backups;
using QrAi.Tests.Unit.Support.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

/// <summary>Pruning, with a retention of one day.</summary>
public sealed class PruneBackupsTests : IDisposable
{
    private readonly BackupService _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task Expired_backups_are_removed_and_named_and_the_others_are_retained()
    {
        var unverified = _service.Archive.Add(1);
        var verified = _service.Archive.Add(2, isVerified: true);
        string[] expired = [_service.Archive.Add(24), _service.Archive.Add(48, isVerified: true)];

        var pruned = await PruneAsync();

        pruned.Removed.ShouldBe(expired);
        pruned.Kept.ShouldBe(2);
        _service.Archive.Ids.ShouldBe([unverified, verified]);
    }

    [Test]
    public async Task While_the_storage_is_down_nothing_is_removed()
    {
        _service.Archive.Add(1, isVerified: true);
        _service.Archive.Add(48);
        _service.Archive.StorageProblem = "The storage does not answer.";

        (await Should.ThrowAsync<BackupFailedException>(PruneAsync)).Message.ShouldBe(
            "The storage does not answer. Nothing was removed."
        );
        _service.Journal.ShouldBeEmpty();
    }

    [Test]
    public async Task A_damaged_backup_is_retained_and_does_not_replace_a_good_one()
    {
        var damaged = _service.Archive.Add(1, damage: "Its dump is missing.", isVerified: true);
        var good = _service.Archive.Add(24, isVerified: true);
        var damagedToo = _service.Archive.Add(48, damage: "Its dump is missing.");
        var expired = _service.Archive.Add(72);

        var pruned = await PruneAsync();

        pruned.Removed.ShouldBe([expired]);
        pruned.Kept.ShouldBe(3);
        _service.Archive.Ids.ShouldBe([damaged, good, damagedToo]);
    }

    [Test]
    public async Task A_safety_backup_is_removed_after_one_day()
    {
        _service.Archive.Add(1, isVerified: true);
        var safety = _service.Archive.Add(2, BackupPurpose.Safety);

        (await PruneAsync()).Removed.ShouldBeEmpty();
        _service.Clock.Advance(TimeSpan.FromHours(23));
        (await PruneAsync()).Removed.ShouldBe([safety]);
    }

    private Task<PrunedBackups> PruneAsync() => _service.Sender.Send(new PruneBackups());
}
