using Azure.Storage.Blobs;
using QrAi.Application.Backups;

namespace QrAi.Tests.Integration.Backups;

/// <summary>The folder and a blob container together, against the emulator of Azure Storage.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class BlobStorageTests(DatabaseKind kind) : BackupTest(kind)
{
    private readonly string _container = $"backups-{Guid.CreateVersion7():N}";
    private Azurite _storage = null!;
    private Azurite? _ownStorage;

    [SetUp]
    public async Task UseStorageAsync()
    {
        try
        {
            _storage = await TestRun.Storage;
        }
        catch (NotSupportedException exception)
        {
            Assert.Ignore(exception.Message);
        }
    }

    [TearDown]
    public async Task StopOwnStorageAsync()
    {
        if (_ownStorage is not null)
            await _ownStorage.DisposeAsync();
    }

    [Test]
    public async Task A_backup_is_in_both_places_with_the_same_content()
    {
        await FillAsync();

        var backup = await CreateAsync(WithStorage().Sender);

        backup.Places.ShouldBe(BackupPlaces.Folder | BackupPlaces.Blob);
        foreach (var name in new[] { $"{backup.Id}.dump", $"{backup.Id}.json" })
            (await ReadBlobAsync(name)).ShouldBe(await File.ReadAllBytesAsync(Path.Combine(Folder, name)), name);
        (await WithStorage().Sender.Send(new ListBackups())).Backups.Single().Places.ShouldBe(backup.Places);
    }

    [Test]
    public async Task A_dump_of_several_blocks_is_uploaded_completely()
    {
        await using (var database = await OpenDatabaseAsync())
            await database.ExecuteAsync(
                Kind == DatabaseKind.Postgres
                    ? """
                    CREATE TABLE noise (number int, bytes bytea);
                    INSERT INTO noise SELECT i, decode(string_agg(md5(random()::text), ''), 'hex')
                    FROM generate_series(1, 120) AS i, generate_series(1, 10000) AS j GROUP BY i
                    """
                    : """
                    CREATE TABLE noise (number int, bytes blob);
                    INSERT INTO noise WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
                    SELECT i, randomblob(160000) FROM n
                    """
            );

        var backup = await CreateAsync(WithStorage().Sender);

        backup.Manifest.Size.ShouldBeGreaterThan(17 * 1024 * 1024);
        Directory.Delete(Folder, recursive: true);
        (await WithStorage().Sender.Send(new VerifyBackup(backup.Id))).Manifest.IsVerified.ShouldBeTrue();
    }

    [Test]
    public async Task A_backup_that_is_missing_in_the_folder_is_verified_and_restored_from_the_storage()
    {
        var clock = new TestClock();
        await FillAsync(sessions: 2);
        var id = (await CreateAsync(WithStorage(clock).Sender)).Id;
        Directory.Delete(Folder, recursive: true);
        await FillAsync(sessions: 1);
        clock.Advance(TimeSpan.FromMinutes(1));

        var verified = await WithStorage(clock).Sender.Send(new VerifyBackup(null));
        await WithStorage(clock).Sender.Send(new RestoreBackup(id, null, Overwrite: true));

        verified.Places.ShouldBe(BackupPlaces.Blob);
        (await WithStorage(clock).Sender.Send(new ListBackups()))
            .Backups.Single(backup => backup.Id == id)
            .Manifest.IsVerified.ShouldBeTrue("The result is in the storage.");
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((2, 20));
    }

    [Test]
    public async Task A_verification_is_recorded_in_both_places()
    {
        var id = (await CreateAsync(WithStorage().Sender)).Id;

        await WithStorage().Sender.Send(new VerifyBackup(id));

        (await ReadBlobAsync($"{id}.json")).ShouldBe(await File.ReadAllBytesAsync(ManifestOf(id)));
    }

    [Test]
    public async Task During_an_outage_of_the_storage_a_backup_stays_in_the_folder_and_is_uploaded_later()
    {
        await StartOwnStorageAsync();
        await _storage.StopAsync();

        var failure = await WithStorage().Sender.Send(new CreateBackup()).ShouldThrowAsync<BackupFailedException>();

        failure.Message.ShouldContain("cannot be reached");
        failure.Message.ShouldNotContain("AccountKey");
        var down = await WithStorage().Sender.Send(new ListBackups());
        var id = down.Backups.Single().Id;
        failure.Message.ShouldContain(id);
        down.Backups.Single().Places.ShouldBe(BackupPlaces.Folder);
        down.StorageProblem!.ShouldContain("cannot be reached");
        // It can be verified during the outage.
        (await WithStorage().Sender.Send(new VerifyBackup(id))).Manifest.IsVerified.ShouldBeTrue();
        (
            await WithStorage().Sender.Send(new PruneBackups()).ShouldThrowAsync<BackupFailedException>()
        ).Message.ShouldEndWith("Nothing was removed.");

        await _storage.RestartAsync();
        await CreateAsync(WithStorage().Sender);

        (await WithStorage().Sender.Send(new ListBackups())).Backups.ShouldAllBe(backup =>
            backup.Places == (BackupPlaces.Folder | BackupPlaces.Blob)
        );
    }

    [Test]
    public async Task A_flipped_byte_in_the_storage_is_found()
    {
        await FillAsync();
        var id = (await CreateAsync(WithStorage().Sender)).Id;
        var dump = await ReadBlobAsync($"{id}.dump");
        dump[^100] ^= 1;
        await Blob($"{id}.dump").UploadAsync(new BinaryData(dump), overwrite: true);
        Directory.Delete(Folder, recursive: true);

        (
            await WithStorage().Sender.Send(new VerifyBackup(id)).ShouldThrowAsync<BackupDamagedException>()
        ).Message.ShouldContain("SHA-256");
        await WithStorage()
            .Sender.Send(new RestoreBackup(id, null, Overwrite: true))
            .ShouldThrowAsync<BackupDamagedException>();
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((3, 30));
    }

    [Test]
    public async Task An_incomplete_upload_is_not_a_backup_and_is_repeated()
    {
        var id = (await CreateAsync(Program().Sender)).Id;
        await new BlobServiceClient(_storage.ConnectionString).CreateBlobContainerAsync(_container);
        await Blob($"{id}.dump").UploadAsync(new BinaryData("half"));

        (await WithStorage().Sender.Send(new ListBackups())).Backups.Single().Places.ShouldBe(BackupPlaces.Folder);
        await CreateAsync(WithStorage().Sender);

        (await ReadBlobAsync($"{id}.dump")).ShouldBe(await File.ReadAllBytesAsync(DumpOf(id)));
    }

    [Test]
    public async Task Another_backup_of_the_same_name_is_not_replaced()
    {
        var clock = new TestClock();
        var settings = Storage();
        settings["BACKUP_DIRECTORY"] = Folder + "-elsewhere";
        await CreateAsync(Program(settings, clock).Sender);
        await FillAsync();

        var failure = await WithStorage(clock)
            .Sender.Send(new CreateBackup())
            .ShouldThrowAsync<BackupFailedException>();

        failure.Message.ShouldContain("another backup with the name qrai-20261123T120000Z");
    }

    [Test]
    public async Task A_pruned_backup_is_removed_from_both_places()
    {
        var clock = new TestClock();
        var settings = Storage();
        settings["BACKUP_RETENTION"] = "1d";
        var program = Program(settings, clock);
        var old = (await CreateAsync(program.Sender)).Id;
        clock.Advance(TimeSpan.FromDays(1));
        var newest = (await CreateAsync(program.Sender)).Id;
        await program.Sender.Send(new VerifyBackup(null));
        await Blob("notes.txt").UploadAsync(new BinaryData("not a backup"));

        (await program.Sender.Send(new PruneBackups())).Removed.ShouldBe([old]);

        var blobs = new List<string>();
        await foreach (var blob in Container.GetBlobsAsync())
            blobs.Add(blob.Name);
        string[] expected = ["notes.txt", $"{newest}.dump", $"{newest}.json"];
        blobs.ShouldBe(expected, ignoreOrder: true);
        Files().ShouldBe(expected.Skip(1), ignoreOrder: true);
    }

    [Test]
    public async Task Health_uses_the_storage_if_the_folder_is_on_another_machine()
    {
        await StartOwnStorageAsync();
        var clock = new TestClock();
        var program = WithStorage(clock);
        await CreateAsync(program.Sender);
        await program.Sender.Send(new VerifyBackup(null));
        var settings = Storage();
        settings["BACKUP_DIRECTORY"] = Folder + "-elsewhere";
        await using var qrai = await QrAiHost.StartAsync(
            Url,
            provider: null,
            settings,
            services =>
                Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(
                    services,
                    clock
                )
        );

        var check = await BackupHealthTests.CheckAsync(qrai);
        if (Kind == DatabaseKind.Sqlite)
        {
            check.Detail.ShouldBe("Backups are made by hand.");
            return;
        }

        check.Detail.ShouldBe("The last verified backup is 0 h 0 min old.");

        // The last known backup still counts during an outage of the storage.
        await _storage.StopAsync();
        clock.Advance(TimeSpan.FromMinutes(2));
        (await BackupHealthTests.CheckAsync(qrai)).ShouldBe(
            new HealthCheckBody("healthy") { Detail = "The last verified backup is 0 h 2 min old." }
        );
    }

    [Test]
    public async Task A_scheduled_backup_uses_the_current_secrets()
    {
        await using var vault = await KeyVaultServer.StartAsync();
        vault["AZURE-STORAGE-CONNECTION-STRING"] =
            "AccountName=former;AccountKey=Zm9ybWVy;BlobEndpoint=http://127.0.0.1:9/";
        var connected = vault.Connect();
        var clock = new TestClock();
        await using var program = BackupProgram.Create(
            new Dictionary<string, string>
            {
                ["DATABASE_URL"] = Url,
                ["BACKUP_DIRECTORY"] = Folder,
                ["BACKUP_BLOB_CONTAINER"] = _container,
                ["BACKUP_SCHEDULE"] = "* * * * *",
                ["AZURE_KEYVAULT_URL"] = vault.Url,
                ["AZURE_KEYVAULT_RELOAD_MINUTES"] = "1",
            },
            clock,
            archive: null,
            (connected, await connected.ReadAsync(CancellationToken.None))
        );
        vault["AZURE-STORAGE-CONNECTION-STRING"] = _storage.ConnectionString;
        await program.StartAsync();

        clock.Advance(await clock.NextWaitAsync(wait => wait <= TimeSpan.FromMinutes(1)));

        await Eventually.Holds(async () =>
            await Container.GetBlobsAsync().AnyAsync(blob => blob.Name.EndsWith(".json", StringComparison.Ordinal))
        );
        await program.StopAsync();
    }

    /// <summary>Starts a storage that the test may stop.</summary>
    private async Task StartOwnStorageAsync() => _storage = _ownStorage = await Azurite.StartAsync();

    private BlobContainerClient Container => new(_storage.ConnectionString, _container);

    private BlobClient Blob(string name) => Container.GetBlobClient(name);

    private async Task<byte[]> ReadBlobAsync(string name) =>
        (await Blob(name).DownloadContentAsync()).Value.Content.ToArray();

    private Dictionary<string, string> Storage() =>
        new()
        {
            ["AZURE_STORAGE_CONNECTION_STRING"] = _storage.ConnectionString,
            ["BACKUP_BLOB_CONTAINER"] = _container,
        };

    private BackupProgram WithStorage(TimeProvider? clock = null) => Program(Storage(), clock);
}
