using QrAi.Application.Backups;
using QrAi.Application.Errors;
using QrAi.Tests.Unit.Support.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class RestoreBackupTests : IDisposable
{
    private const string Unknown = "qrai-20200101T000000Z";
    private const string Safety = "qrai-20261123T120000Z";

    private readonly BackupService _service = new();
    private readonly DatabaseContents _before;
    private readonly string _id;

    public RestoreBackupTests()
    {
        _before = _service.Own.Contents;
        _id = _service.Archive.Add();
    }

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_restore_into_an_empty_database_creates_no_safety_backup()
    {
        _service.Own.Contents = MemoryBackupDatabase.Empty;

        var restored = await RestoreAsync(overwrite: false);

        restored.Manifest.ShouldBe(_service.Archive[_id].Manifest);
        restored.Database.ShouldBe("the service's database");
        restored.Safety.ShouldBeNull();
        restored.RetainedAs.ShouldBeNull();
        _service.Own.Contents.ShouldBe(restored.Manifest.Contents);
        _service.Journal.ShouldBe([
            $"copy {_id} beside the service's database",
            "replace the service's database",
            "drop the copy",
        ]);
        _service.Archive.Open.ShouldBe(0);
    }

    [Test]
    public async Task A_database_that_is_not_empty_is_not_changed_without_confirmation()
    {
        var rejected = await Should.ThrowAsync<InvalidRequestException>(() => RestoreAsync(overwrite: false));

        rejected
            .Errors["--yes"]
            .ShouldBe(["is required, because the service's database is not empty: it is backed up and then replaced"]);
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task A_database_is_backed_up_before_it_is_replaced()
    {
        var restored = await RestoreAsync();

        restored.Safety.ShouldBe(_service.Archive[Safety]);
        restored.Safety!.Manifest.Purpose.ShouldBe(BackupPurpose.Safety);
        restored.Safety.Manifest.Contents.ShouldBe(_before);
        _service.Own.Contents.ShouldBe(restored.Manifest.Contents);
        _service.Journal.ShouldBe([
            $"copy {_id} beside the service's database",
            $"keep {Safety}",
            "replace the service's database",
            "drop the copy",
        ]);
    }

    [Test]
    public async Task The_name_of_the_retained_database_is_returned()
    {
        _service.Own.RetainedAs = "qrai_former";

        (await RestoreAsync()).RetainedAs.ShouldBe("qrai_former");
    }

    [Test]
    public async Task A_restore_into_another_database_does_not_change_the_services_own()
    {
        var restored = await _service.Sender.Send(new RestoreBackup(_id, MemoryBackupDatabases.OtherUrl, true));

        restored.Database.ShouldBe("another database");
        _service.Other.Contents.ShouldBe(restored.Manifest.Contents);
        _service.Own.Contents.ShouldBe(_before);
    }

    [Test]
    public async Task The_duration_is_that_of_the_restore_the_safety_backup_and_the_take_over()
    {
        _service.Own.Duration = TimeSpan.FromMinutes(5);

        (await RestoreAsync()).Duration.ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Test]
    public async Task A_copy_that_differs_from_the_manifest_changes_nothing_and_is_dropped()
    {
        _service.Own.Restored = MemoryBackupDatabase.Empty;

        (await Should.ThrowAsync<BackupDamagedException>(() => RestoreAsync())).Message.ShouldBe(
            $"{_id} is damaged. Table public.messages is missing. Nothing was changed."
        );
        ShouldHaveDroppedTheCopyOnly();
    }

    [Test]
    public async Task A_dump_that_differs_from_the_manifest_changes_nothing()
    {
        _service.Archive.FetchFault = new BackupDamagedException("The dump has another SHA-256.");

        (await Should.ThrowAsync<BackupDamagedException>(() => RestoreAsync())).Message.ShouldBe(
            $"{_id} is damaged. The dump has another SHA-256. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task A_failed_restore_changes_nothing_and_does_not_report_the_backup_as_damaged()
    {
        _service.Own.RestoreFault = new BackupFailedException("pg_restore is missing.");

        var failed = await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync());

        failed.ShouldNotBeOfType<BackupDamagedException>();
        failed.Message.ShouldBe("pg_restore is missing. Nothing was changed.");
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task An_unexpected_exception_propagates_and_the_copy_is_dropped()
    {
        _service.Own.ReadFault = new InvalidOperationException();

        (await Should.ThrowAsync<InvalidOperationException>(() => RestoreAsync())).ShouldBe(_service.Own.ReadFault);
        ShouldHaveDroppedTheCopyOnly();
    }

    [Test]
    public async Task Without_a_safety_backup_nothing_is_replaced()
    {
        _service.Own.DumpFault = new BackupFailedException("The folder is full.");

        (await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync())).Message.ShouldBe("The folder is full.");
        ShouldHaveDroppedTheCopyOnly();
    }

    [Test]
    public async Task A_copy_that_cannot_take_over_is_dropped_and_the_safety_backup_is_retained()
    {
        _service.Own.TakeOverFault = new BackupFailedException("Others are connected.");

        (await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync())).ShouldBe(_service.Own.TakeOverFault);
        _service.Own.Contents.ShouldBe(_before);
        _service.Archive.Ids.ShouldContain(Safety);
        _service.Journal[^1].ShouldBe("drop the copy");
    }

    [Test]
    public async Task A_backup_that_is_known_to_be_damaged_is_not_restored()
    {
        var damaged = _service.Archive.Add(2, damage: "Its manifest was changed.");

        (await Should.ThrowAsync<BackupDamagedException>(() => RestoreAsync(damaged))).Message.ShouldBe(
            $"{damaged} is damaged. Its manifest was changed. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task A_backup_of_another_kind_of_database_is_rejected()
    {
        _service.Own.Format = BackupFormat.Sqlite;

        (await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync())).Message.ShouldBe(
            $"{_id} is a backup of another kind of database than the service's database. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task An_unknown_backup_is_named()
    {
        (await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync(Unknown))).Message.ShouldBe(
            $"There is no backup {Unknown}. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task An_invalid_id_and_an_invalid_address_are_rejected_with_both_rules()
    {
        var rejected = await Should.ThrowAsync<InvalidRequestException>(() =>
            _service.Sender.Send(new RestoreBackup("newest", " ", true))
        );

        rejected.Errors["id"].ShouldBe(["must be the id of a backup, like qrai-20261123T030000Z"]);
        rejected.Errors["into"].ShouldBe(["must be the address of a database"]);
        ShouldHaveChangedNothing();
    }

    private Task<RestoredBackup> RestoreAsync(string? id = null, bool overwrite = true) =>
        _service.Sender.Send(new RestoreBackup(id ?? _id, null, overwrite));

    private void ShouldHaveChangedNothing()
    {
        _service.Journal.ShouldBeEmpty();
        _service.Own.Contents.ShouldBe(_before);
        _service.Archive.Open.ShouldBe(0);
    }

    private void ShouldHaveDroppedTheCopyOnly()
    {
        _service.Journal.ShouldBe([$"copy {_id} beside the service's database", "drop the copy"]);
        _service.Own.Contents.ShouldBe(_before);
        _service.Archive.Open.ShouldBe(0);
    }
}
