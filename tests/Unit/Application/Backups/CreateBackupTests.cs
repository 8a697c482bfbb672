using System.Security.Cryptography;
using QrAi.Application.Backups;
using QrAi.Tests.Unit.Support.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class CreateBackupTests : IDisposable
{
    private const string Id = "qrai-20261123T120000Z";

    private readonly BackupService _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_manifest_states_what_was_dumped_when_and_by_which_tool()
    {
        _service.Own.Duration = TimeSpan.FromMinutes(5);

        var backup = await CreateAsync();

        backup.ShouldBe(_service.Archive[Id]);
        backup.Places.ShouldBe(BackupPlaces.Folder);
        backup.Manifest.ShouldBe(
            new BackupManifest
            {
                Id = Id,
                CreatedAt = TestClock.Noon,
                Purpose = BackupPurpose.Regular,
                Format = BackupFormat.Postgresql,
                ToolVersion = "pg_dump 18.1",
                ServerVersion = "17.2",
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(MemoryBackupDatabase.Dump)),
                Size = MemoryBackupDatabase.Dump.Length,
                Contents = _service.Own.Contents,
            }
        );
        _service.Archive.Open.ShouldBe(0);
    }

    [Test]
    public async Task A_dump_that_fails_leaves_nothing()
    {
        _service.Archive.HasStorage = true;
        _service.Own.DumpFault = new BackupFailedException("pg_dump failed.");

        (await Should.ThrowAsync<BackupFailedException>(CreateAsync)).Message.ShouldBe("pg_dump failed.");

        _service.Journal.ShouldBeEmpty();
        _service.Archive.Open.ShouldBe(0);
    }

    [Test]
    public async Task Without_a_storage_nothing_is_uploaded()
    {
        _service.Archive.Add();

        await CreateAsync();

        _service.Journal.ShouldBe([$"keep {Id}"]);
    }

    [Test]
    public async Task With_a_storage_the_backup_is_in_both_places()
    {
        _service.Archive.HasStorage = true;

        (await CreateAsync()).Places.ShouldBe(BackupPlaces.Folder | BackupPlaces.Blob);

        _service.Journal.ShouldBe([$"keep {Id}", $"upload {Id}"]);
    }

    [Test]
    public async Task A_failed_upload_leaves_the_backup_in_the_folder_and_reports_it()
    {
        _service.Archive.HasStorage = true;
        _service.Archive.StorageProblem = "The storage does not answer.";

        var failed = await Should.ThrowAsync<BackupFailedException>(CreateAsync);

        failed.Message.ShouldBe(
            $"The storage does not answer. The backup {Id} is in the folder and not in the storage; the next create uploads it."
        );
        _service.Archive[Id].Places.ShouldBe(BackupPlaces.Folder);
    }

    [Test]
    public async Task A_backup_that_an_earlier_run_could_not_upload_is_uploaded_after_the_new_one()
    {
        _service.Archive.HasStorage = true;
        var earlier = _service.Archive.Add();
        _service.Archive.Add(2, places: BackupPlaces.Folder | BackupPlaces.Blob);
        _service.Archive.Add(3, places: BackupPlaces.Blob);

        (await CreateAsync()).Id.ShouldBe(Id);

        _service.Journal.ShouldBe([$"keep {Id}", $"upload {Id}", $"upload {earlier}"]);
    }

    [Test]
    public async Task A_damaged_backup_is_not_uploaded()
    {
        _service.Archive.HasStorage = true;
        _service.Archive.Add(damage: "Its dump is missing.");

        await CreateAsync();

        _service.Journal.ShouldBe([$"keep {Id}", $"upload {Id}"]);
    }

    [Test]
    public async Task A_storage_that_cannot_be_listed_fails_the_create()
    {
        _service.Archive.HasStorage = true;
        _service.Archive.Uploaded = () => _service.Archive.StorageProblem = "The storage does not answer.";

        var failed = await Should.ThrowAsync<BackupFailedException>(CreateAsync);

        failed.Message.ShouldMatch(
            "^The storage does not answer[.] The backup qrai-\\S+ is in the storage; the next create uploads "
                + "earlier ones that are not[.]$"
        );
    }

    private Task<StoredBackup> CreateAsync() => _service.Sender.Send(new CreateBackup());
}
