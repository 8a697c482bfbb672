using QrAi.Application.Backups;
using QrAi.Application.Errors;
using QrAi.Tests.Unit.Support.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class VerifyBackupTests : IDisposable
{
    private const string Unknown = "qrai-20200101T000000Z";

    private readonly BackupService _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task The_outcome_and_its_time_are_recorded_and_the_copy_is_dropped()
    {
        var id = _service.Archive.Add();
        _service.Own.Duration = TimeSpan.FromMinutes(5);

        var verified = await VerifyAsync();

        verified.ShouldBe(_service.Archive[id]);
        verified.Manifest.Verification.ShouldBe(new BackupVerification(TestClock.Noon.AddMinutes(5), null));
        _service.Journal.ShouldBe([$"copy {id} beside the service's database", "drop the copy", $"update {id}"]);
        _service.Archive.Open.ShouldBe(0);
    }

    [Test]
    public async Task The_newest_regular_backup_is_verified_and_not_a_safety_backup()
    {
        _service.Archive.Add(3);
        var newest = _service.Archive.Add(2);
        _service.Archive.Add(1, BackupPurpose.Safety);

        (await VerifyAsync()).Id.ShouldBe(newest);
    }

    [Test]
    public async Task A_named_backup_is_verified_whatever_its_purpose()
    {
        var named = _service.Archive.Add(2, BackupPurpose.Safety);
        _service.Archive.Add(1);

        (await VerifyAsync(named)).Id.ShouldBe(named);
    }

    [Test]
    public async Task A_difference_is_recorded_and_thrown()
    {
        var id = _service.Archive.Add();
        _service.Own.Restored = MemoryBackupDatabase.Empty;

        var damaged = await Should.ThrowAsync<BackupDamagedException>(() => VerifyAsync());

        damaged.Message.ShouldBe($"{id} is damaged. Table public.messages is missing.");
        _service
            .Archive[id]
            .Manifest.Verification.ShouldBe(
                new BackupVerification(TestClock.Noon, "Table public.messages is missing.")
            );
        _service.Journal.ShouldContain("drop the copy");
    }

    [Test]
    public async Task A_dump_that_differs_from_its_manifest_is_recorded_and_thrown()
    {
        var id = _service.Archive.Add();
        _service.Archive.FetchFault = new BackupDamagedException("The dump has another SHA-256.");

        var damaged = await Should.ThrowAsync<BackupDamagedException>(() => VerifyAsync());

        damaged.Message.ShouldBe($"{id} is damaged. The dump has another SHA-256.");
        _service.Archive[id].Manifest.HasFailed.ShouldBeTrue();
    }

    [Test]
    public async Task A_dump_that_cannot_be_read_now_is_not_reported_as_damaged()
    {
        var id = _service.Archive.Add();
        _service.Archive.FetchFault = new BackupFailedException("The storage does not answer.");

        var failed = await Should.ThrowAsync<BackupFailedException>(() => VerifyAsync());

        failed.ShouldNotBeOfType<BackupDamagedException>();
        failed.Message.ShouldBe("The storage does not answer.");
        _service.Archive[id].Manifest.Verification.ShouldBeNull();
    }

    [Test]
    public async Task A_manifest_that_was_changed_is_damaged_and_is_not_rewritten()
    {
        var id = _service.Archive.Add(damage: "Its manifest was changed.");

        var damaged = await Should.ThrowAsync<BackupDamagedException>(() => VerifyAsync(id));

        damaged.Message.ShouldBe($"{id} is damaged. Its manifest was changed.");
        _service.Archive[id].Manifest.Verification.ShouldBeNull();
    }

    [Test]
    public async Task The_damage_that_a_verification_finds_takes_precedence_over_that_of_the_listing()
    {
        _service.Archive.Add(damage: "Its manifest was changed.");
        _service.Own.Restored = MemoryBackupDatabase.Empty;

        (await Should.ThrowAsync<BackupDamagedException>(() => VerifyAsync())).Message.ShouldEndWith(
            "is damaged. Table public.messages is missing."
        );
    }

    [Test]
    public async Task A_backup_of_another_kind_of_database_is_rejected_and_not_reported_as_damaged()
    {
        var id = _service.Archive.Add();
        _service.Own.Format = BackupFormat.Sqlite;

        var failed = await Should.ThrowAsync<BackupFailedException>(() => VerifyAsync());

        failed.Message.ShouldBe($"{id} is a backup of another kind of database than the service's database.");
        _service.Journal.ShouldBeEmpty();
    }

    [Test]
    public async Task An_unknown_backup_is_named() =>
        (await Should.ThrowAsync<BackupFailedException>(() => VerifyAsync(Unknown))).Message.ShouldBe(
            $"There is no backup {Unknown}."
        );

    [Test]
    public async Task With_only_safety_backups_there_is_nothing_to_verify()
    {
        _service.Archive.Add(purpose: BackupPurpose.Safety);

        (await Should.ThrowAsync<BackupFailedException>(() => VerifyAsync())).Message.ShouldBe(
            "There is no backup yet."
        );
    }

    [Test]
    public async Task Unavailable_storage_is_reported_instead_of_a_missing_backup()
    {
        _service.Archive.Add(places: BackupPlaces.Blob);
        _service.Archive.StorageProblem = "The storage does not answer.";

        (await Should.ThrowAsync<BackupFailedException>(() => VerifyAsync())).Message.ShouldBe(
            "The storage does not answer."
        );
    }

    [Test]
    public async Task With_an_unreadable_manifest_only_a_named_backup_is_verified()
    {
        var id = _service.Archive.Add();
        _service.Archive.Unreadable.Add("The manifest of another one can not be read.");

        (await Should.ThrowAsync<BackupDamagedException>(() => VerifyAsync())).Message.ShouldBe(
            "The manifest of another one can not be read."
        );
        (await VerifyAsync(id)).Manifest.IsVerified.ShouldBeTrue();
    }

    [Test]
    public async Task An_invalid_id_is_rejected() =>
        (await Should.ThrowAsync<InvalidRequestException>(() => VerifyAsync("../etc/passwd")))
            .Errors["id"]
            .ShouldBe(["must be the id of a backup, like qrai-20261123T030000Z"]);

    private Task<StoredBackup> VerifyAsync(string? id = null) => _service.Sender.Send(new VerifyBackup(id));
}
