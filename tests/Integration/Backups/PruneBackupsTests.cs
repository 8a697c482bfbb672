using QrAi.Application.Backups;

namespace QrAi.Tests.Integration.Backups;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class PruneBackupsTests(DatabaseKind kind) : BackupTest(kind)
{
    [Test]
    public async Task Expired_backups_are_removed_and_other_files_are_not_touched()
    {
        var clock = new TestClock();
        var program = Program(new() { ["BACKUP_RETENTION"] = "2d" }, clock);
        var ids = new List<string>();
        for (var day = 0; day < 4; day++, clock.Advance(TimeSpan.FromDays(1)))
        {
            ids.Add((await CreateAsync(program.Sender)).Id);
            await program.Sender.Send(new VerifyBackup(null));
        }

        string[] others = ["notes.txt", "qrai-20200101T000000Z.dump", "qrai-old.json", "other-20200101T000000Z.json"];
        foreach (var file in others)
            await File.WriteAllTextAsync(Path.Combine(Folder, file), "{}");

        var pruned = await program.Sender.Send(new PruneBackups());

        pruned.Removed.ShouldBe([ids[1], ids[0]]);
        pruned.Kept.ShouldBe(2);
        Files()
            .ShouldBe(
                [.. others, .. ids.Skip(2).SelectMany(id => new[] { $"{id}.dump", $"{id}.json" })],
                ignoreOrder: true
            );
    }

    [Test]
    public async Task The_last_verified_backup_is_never_removed()
    {
        var clock = new TestClock();
        var program = Program(new() { ["BACKUP_RETENTION"] = "1d" }, clock);
        var verified = (await CreateAsync(program.Sender)).Id;
        await program.Sender.Send(new VerifyBackup(null));
        for (var day = 0; day < 3; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            await CreateAsync(program.Sender);
        }

        (await program.Sender.Send(new PruneBackups())).Removed.ShouldBeEmpty();

        (await program.Sender.Send(new ListBackups())).Backups[^1].Id.ShouldBe(verified);
    }

    [Test]
    public async Task A_damaged_backup_is_preserved_for_inspection()
    {
        var clock = new TestClock();
        var program = Program(new() { ["BACKUP_RETENTION"] = "1d" }, clock);
        var damaged = (await CreateAsync(program.Sender)).Id;
        File.Delete(DumpOf(damaged));
        clock.Advance(TimeSpan.FromDays(1));
        await CreateAsync(program.Sender);
        await program.Sender.Send(new VerifyBackup(null));

        (await program.Sender.Send(new PruneBackups())).Removed.ShouldBeEmpty();

        File.Exists(ManifestOf(damaged)).ShouldBeTrue();
    }
}
