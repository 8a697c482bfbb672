using System.Security.Cryptography;
using QrAi.Application.Backups;

namespace QrAi.Tests.Integration.Backups;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class CreateBackupTests(DatabaseKind kind) : BackupTest(kind)
{
    [Test]
    public async Task A_backup_describes_its_contents()
    {
        await FillAsync(sessions: 3);

        var backup = await CreateAsync(Program().Sender);

        BackupId.IsValid(backup.Id).ShouldBeTrue();
        Files().ShouldBe([$"{backup.Id}.dump", $"{backup.Id}.json"]);
        var dump = await File.ReadAllBytesAsync(DumpOf(backup.Id));
        backup.Manifest.Size.ShouldBe(dump.Length);
        backup.Manifest.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(dump)));
        backup.Manifest.Contents.LastMigration!.ShouldMatch("^[0-9]{14}_");
        var rows = backup.Manifest.Contents.Tables.ToDictionary(
            table => table.Name.Replace("public.", "", StringComparison.Ordinal),
            table => table.Rows
        );
        rows["sessions"].ShouldBe(3);
        rows["messages"].ShouldBe(30);
        backup.Manifest.ToolVersion.ShouldMatch(Kind == DatabaseKind.Postgres ? @"^pg_dump \d+" : @"^SQLite 3\.");
        backup.Manifest.ServerVersion.ShouldMatch(@"\d+\.\d+");
    }

    [Test]
    public async Task Backups_are_listed_newest_first_by_another_process()
    {
        var first = await CreateAsync(Program().Sender);
        var second = await CreateAsync(Program().Sender);

        var listing = await Program().Sender.Send(new ListBackups());

        listing.Backups.Select(backup => backup.Id).ShouldBe([second.Id, first.Id]);
        listing.Backups.ShouldAllBe(backup => backup.Places == BackupPlaces.Folder && backup.Damage == null);
        listing.Unreadable.ShouldBeEmpty();
        listing.StorageProblem.ShouldBeNull();
    }

    [Test]
    public async Task Equal_content_has_equal_hashes_and_different_content_different_ones()
    {
        await FillAsync();
        var program = Program();
        var before = (await CreateAsync(program.Sender)).Manifest.Contents;
        (await CreateAsync(program.Sender)).Manifest.Contents.Tables.ShouldBe(before.Tables);

        await using (var database = await OpenDatabaseAsync())
            await database.ExecuteAsync("UPDATE messages SET content = 'other' WHERE number = 2");

        before
            .FirstDifferenceTo((await CreateAsync(program.Sender)).Manifest.Contents)!
            .ShouldContain("messages differs");
    }

    [Test]
    public async Task Backups_within_the_same_second_get_different_names()
    {
        var clock = new TestClock();

        var backups = await Task.WhenAll(
            CreateAsync(Program(clock: clock).Sender),
            CreateAsync(Program(clock: clock).Sender),
            CreateAsync(Program(clock: clock).Sender)
        );

        string[] expected = ["qrai-20261123T120000Z", "qrai-20261123T120001Z", "qrai-20261123T120002Z"];
        backups.Select(backup => backup.Id).Order().ShouldBe(expected);
        (await Program().Sender.Send(new ListBackups())).Backups.Count.ShouldBe(3);
    }

    [Test]
    public async Task The_next_backup_removes_the_files_of_killed_processes_and_no_others()
    {
        Directory.CreateDirectory(Folder);
        string[] leftovers =
        [
            "qrai-20261101T030000Z.dump.partial",
            "qrai-20261102T030000Z.dump", // renamed, but its manifest was not
            "qrai-20261102T030000Z.json.partial",
            "qrai-20261103T030000Z.json.update",
        ];
        string[] others =
        [
            "notes.txt",
            "qrai-20261104T030000Z.dump", // may be a copy in progress
            "qrai-notes.dump.partial",
            "qrai-20261105T030000Z.dump.partial", // in use by another process
        ];
        foreach (var file in leftovers.Concat(others))
            await File.WriteAllTextAsync(Path.Combine(Folder, file), "left");
        await using var openFile = new FileStream(
            Path.Combine(Folder, others[^1]),
            FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.None
        );

        var backup = await CreateAsync(Program().Sender);

        Files().ShouldBe([.. others, $"{backup.Id}.dump", $"{backup.Id}.json"], ignoreOrder: true);
        (await Program().Sender.Send(new ListBackups())).Backups.Select(found => found.Id).ShouldBe([backup.Id]);
    }

    [Test]
    [Platform(Exclude = "Win")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Only_its_user_can_read_a_backup()
    {
        var backup = await CreateAsync(Program().Sender);

        foreach (var file in new[] { DumpOf(backup.Id), ManifestOf(backup.Id) })
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Folder)
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Test]
    public async Task A_full_disk_is_reported_and_leaves_no_files()
    {
        await FillAsync(sessions: 20);
        Directory.CreateDirectory(Folder);
        await using var disk = await SmallDisk.MountAsync(Folder, "8k");
        var program = Program();
        // Only the full disk causes the failure.
        await CreateAsync(Program(new() { ["BACKUP_DIRECTORY"] = Folder + "-with-space" }).Sender);

        var failure = await program.Sender.Send(new CreateBackup()).ShouldThrowAsync<BackupFailedException>();

        failure.Message.ShouldContain("No space left");
        Files().ShouldBeEmpty();
        (await program.Sender.Send(new ListBackups())).Backups.ShouldBeEmpty();
    }

    [Test]
    public async Task A_folder_that_cannot_be_created_is_reported()
    {
        var file = Path.GetTempFileName();
        try
        {
            var program = Program(new() { ["BACKUP_DIRECTORY"] = Path.Combine(file, "backups") });

            (
                await program.Sender.Send(new CreateBackup()).ShouldThrowAsync<BackupFailedException>()
            ).Message.ShouldContain(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
