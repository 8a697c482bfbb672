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
    public async Task Into_an_empty_database_there_is_no_safety_backup()
    {
        _service.Own.Contents = MemoryBackupDatabase.Nothing;

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
    public async Task A_database_that_holds_something_is_not_touched_without_consent()
    {
        var refused = await Should.ThrowAsync<InvalidRequestException>(() => RestoreAsync(overwrite: false));

        refused
            .Errors["--yes"]
            .ShouldBe(["is required, because the service's database is not empty: it is backed up and then replaced"]);
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task What_is_replaced_is_backed_up_before()
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
    public async Task Where_the_former_database_still_is_is_told()
    {
        _service.Own.RetainedAs = "qrai_former";

        (await RestoreAsync()).RetainedAs.ShouldBe("qrai_former");
    }

    [Test]
    public async Task Into_another_database_the_services_own_is_not_touched()
    {
        var restored = await _service.Sender.Send(new RestoreBackup(_id, MemoryBackupDatabases.OtherUrl, true));

        restored.Database.ShouldBe("another database");
        _service.Other.Contents.ShouldBe(restored.Manifest.Contents);
        _service.Own.Contents.ShouldBe(_before);
    }

    [Test]
    public async Task The_duration_is_that_of_the_restore_the_safety_backup_and_the_take_over()
    {
        _service.Own.Pace = TimeSpan.FromMinutes(5);

        (await RestoreAsync()).Duration.ShouldBe(TimeSpan.FromMinutes(15));
    }

    [Test]
    public async Task A_copy_that_is_not_what_the_manifest_says_changes_nothing_and_goes()
    {
        _service.Own.Restored = MemoryBackupDatabase.Nothing;

        (await Should.ThrowAsync<BackupDamagedException>(() => RestoreAsync())).Message.ShouldBe(
            $"{_id} is damaged. Table public.messages is missing. Nothing was changed."
        );
        ShouldHaveDroppedTheCopyOnly();
    }

    [Test]
    public async Task A_dump_that_is_not_what_the_manifest_says_changes_nothing()
    {
        _service.Archive.FetchFault = new BackupDamagedException("The dump has another SHA-256.");

        (await Should.ThrowAsync<BackupDamagedException>(() => RestoreAsync())).Message.ShouldBe(
            $"{_id} is damaged. The dump has another SHA-256. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task A_restore_that_fails_changes_nothing_and_does_not_call_the_backup_damaged()
    {
        _service.Own.RestoreFault = new BackupFailedException("pg_restore is missing.");

        var failed = await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync());

        failed.ShouldNotBeOfType<BackupDamagedException>();
        failed.Message.ShouldBe("pg_restore is missing. Nothing was changed.");
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task A_fault_that_nobody_expected_comes_through_and_the_copy_goes()
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
    public async Task A_copy_that_can_not_take_the_place_goes_and_the_safety_backup_stays()
    {
        _service.Own.TakeOverFault = new BackupFailedException("Others are connected.");

        (await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync())).ShouldBe(_service.Own.TakeOverFault);
        _service.Own.Contents.ShouldBe(_before);
        _service.Archive.Ids.ShouldContain(Safety);
        _service.Journal[^1].ShouldBe("drop the copy");
    }

    [Test]
    public async Task One_of_which_damage_is_known_is_not_restored()
    {
        var damaged = _service.Archive.Add(2, damage: "Its manifest was changed.");

        (await Should.ThrowAsync<BackupDamagedException>(() => RestoreAsync(damaged))).Message.ShouldBe(
            $"{damaged} is damaged. Its manifest was changed. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task One_of_another_kind_of_database_is_refused()
    {
        _service.Own.Format = BackupFormat.Sqlite;

        (await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync())).Message.ShouldBe(
            $"{_id} is a backup of another kind of database than the service's database. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task One_that_there_is_not_is_named()
    {
        (await Should.ThrowAsync<BackupFailedException>(() => RestoreAsync(Unknown))).Message.ShouldBe(
            $"There is no backup {Unknown}. Nothing was changed."
        );
        ShouldHaveChangedNothing();
    }

    [Test]
    public async Task What_is_no_id_and_no_address_is_refused_with_both_rules()
    {
        var refused = await Should.ThrowAsync<InvalidRequestException>(() =>
            _service.Sender.Send(new RestoreBackup("newest", " ", true))
        );

        refused.Errors["id"].ShouldBe(["must be the id of a backup, like qrai-20261123T030000Z"]);
        refused.Errors["into"].ShouldBe(["must be the address of a database"]);
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
