using QrAi.Application.Backups;
using QrAi.Application.Errors;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Backups;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class RestoreBackupTests(DatabaseKind kind) : BackupTest(kind)
{
    [Test]
    public async Task A_restore_into_an_empty_database_needs_no_confirmation()
    {
        await FillAsync(sessions: 4);
        var backup = await CreateAsync(Program().Sender);
        var empty = await EmptyDatabaseAsync();

        var restored = await Program().Sender.Send(new RestoreBackup(backup.Id, empty, Overwrite: false));

        restored.Safety.ShouldBeNull();
        restored.RetainedAs.ShouldBeNull();
        restored.Duration.ShouldBeGreaterThan(TimeSpan.Zero);
        await using var database = await OpenDatabaseAsync(empty);
        (await database.CountsAsync()).ShouldBe((4, 40));
        await using var qrai = await QrAiHost.StartAsync(empty, provider: null);
        (await qrai.AskAsync("Still there?")).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_database_with_data_is_not_replaced_without_confirmation()
    {
        await FillAsync(sessions: 2);
        var backup = await CreateAsync(Program().Sender);
        await FillAsync(sessions: 1);

        var refusal = await Program()
            .Sender.Send(new RestoreBackup(backup.Id, null, Overwrite: false))
            .ShouldThrowAsync<InvalidRequestException>();

        refusal.Errors.Keys.ShouldBe(["--yes"]);
        await ShouldHaveAsync(sessions: 3);
        Files().Count.ShouldBe(2);
    }

    [Test]
    public async Task A_database_with_data_is_backed_up_first_and_that_backup_can_be_restored()
    {
        await FillAsync(sessions: 2);
        var backup = await CreateAsync(Program().Sender);
        await FillAsync(sessions: 3);

        var restored = await Program().Sender.Send(new RestoreBackup(backup.Id, null, Overwrite: true));

        await ShouldHaveAsync(sessions: 2);
        restored.RetainedAs.ShouldBeNull();
        restored.Safety!.Manifest.Purpose.ShouldBe(BackupPurpose.Safety);
        await Program().Sender.Send(new VerifyBackup(restored.Safety.Id));
        await Program().Sender.Send(new RestoreBackup(restored.Safety.Id, null, Overwrite: true));
        await ShouldHaveAsync(sessions: 5);
    }

    [Test]
    public async Task A_running_service_continues_with_the_restored_data()
    {
        await FillAsync(sessions: 2);
        var backup = await CreateAsync(Program().Sender);
        await using var qrai = await QrAiHost.StartAsync(Url, provider: null);
        await qrai.AskAsync("Afterwards?");
        // What a job writes between the safety backup and the restore keeps the former database.
        await using (var database = await OpenDatabaseAsync(Url))
            await Eventually.Holds(async () =>
                await database.NumberAsync("SELECT count(*) FROM sessions WHERE indexed_at <> updated_at") == 0
            );

        var restored = await Program().Sender.Send(new RestoreBackup(backup.Id, null, Overwrite: true));

        restored.RetainedAs.ShouldBeNull();
        await Eventually.Holds(async () => (await qrai.ListSessionsAsync()).Items.Count == 2);
        (await qrai.AskAsync("And now?")).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task An_unknown_backup_changes_nothing()
    {
        await FillAsync(sessions: 2);

        (await FailureAsync("qrai-20200101T000000Z")).ShouldContain("There is no backup qrai-20200101T000000Z.");

        await ShouldHaveAsync(sessions: 2);
    }

    [Test]
    public async Task A_damaged_dump_changes_nothing()
    {
        await FillAsync(sessions: 2);
        var id = (await CreateAsync(Program().Sender)).Id;
        await FillAsync(sessions: 1);
        Flip(DumpOf(id), 8_000);

        (await FailureAsync(id)).ShouldContain("SHA-256");

        await ShouldHaveAsync(sessions: 3);
        Files().Count.ShouldBe(2);
    }

    [Test]
    public async Task A_dump_that_differs_from_its_manifest_changes_nothing()
    {
        await FillAsync(sessions: 2);
        var id = (await CreateAsync(Program().Sender)).Id;
        Forge(id, json => json["lastMigration"] = "20990101000000_Later");
        await FillAsync(sessions: 1);

        (await FailureAsync(id)).ShouldContain("expected 20990101000000_Later");

        await ShouldHaveAsync(sessions: 3);
        Files().Count.ShouldBe(2, "No safety backup is required.");
    }

    [Test]
    public async Task A_backup_with_a_changed_manifest_is_not_restored()
    {
        await FillAsync(sessions: 2);
        var id = (await CreateAsync(Program().Sender)).Id;
        await File.WriteAllTextAsync(
            ManifestOf(id),
            (await File.ReadAllTextAsync(ManifestOf(id)))
                .Replace("\"version\": 1", "\"version\": 1 ", StringComparison.Ordinal)
                .Replace("regular", "safety", StringComparison.Ordinal)
        );

        (await FailureAsync(id)).ShouldContain("checksum");

        await ShouldHaveAsync(sessions: 2);
    }

    [Test]
    public async Task Writes_after_the_safety_backup_are_preserved()
    {
        await FillAsync(sessions: 2);
        var backup = await CreateAsync(Program().Sender);
        // Another process writes between that backup and the restore.
        var late = Program(archive: (_, archive) => new LateWriter(archive, () => FillAsync(sessions: 1)));

        var restored = await late.Sender.Send(new RestoreBackup(backup.Id, null, Overwrite: true));

        await ShouldHaveAsync(sessions: 2);
        var formerUrl =
            Kind == DatabaseKind.Postgres
                ? PostgresUrl.WithDatabase(Url, restored.RetainedAs!)
                : $"sqlite://{restored.RetainedAs}";
        await using (var former = await OpenDatabaseAsync(formerUrl))
            (await former.CountsAsync()).ShouldBe((3, 30));
        await ShouldBeListedAndDroppedOnTimeAsync(restored.RetainedAs!);
    }

    /// <summary>Asserts that it stays as long as the safety backup, and while it has connections.</summary>
    private async Task ShouldBeListedAndDroppedOnTimeAsync(string name)
    {
        var former = (await Program().Sender.Send(new ListFormerDatabases())).ShouldHaveSingleItem();
        former.Former.Name.ShouldBe(name);
        var age = TimeProvider.System.GetUtcNow() - former.Former.ReplacedAt!.Value;
        age.ShouldBeInRange(TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(10));
        former.ExpiresAt.ShouldBe(former.Former.ReplacedAt + TimeSpan.FromDays(7));

        (await DropFormerAsync(TimeSpan.FromDays(6.9))).ShouldBeEmpty();
        if (Kind == DatabaseKind.Postgres)
            await using (await OpenDatabaseAsync(PostgresUrl.WithDatabase(Url, name)))
                (await DropFormerAsync(TimeSpan.FromDays(8))).ShouldBeEmpty();
        (await DropFormerAsync(TimeSpan.FromDays(8))).ShouldBe([name]);
        (await Program().Sender.Send(new ListFormerDatabases())).ShouldBeEmpty();
        await ShouldHaveAsync(sessions: 2);
    }

    private Task<IReadOnlyList<string>> DropFormerAsync(TimeSpan later) =>
        Program(clock: new TestClock(TimeProvider.System.GetUtcNow() + later)).Sender.Send(new DropFormerDatabases());

    [Test]
    public async Task Former_databases_of_other_databases_are_ignored()
    {
        if (Kind == DatabaseKind.Sqlite)
            await File.WriteAllTextAsync($"{Url["sqlite://".Length..]}.before-lunch", "Somebody's notes.");
        else
            await using (var admin = await OpenDatabaseAsync())
            {
                await admin.ExecuteAsync("CREATE DATABASE qrai_before_00000001 TEMPLATE template0");
                await admin.ExecuteAsync(
                    "COMMENT ON DATABASE qrai_before_00000001 IS 'QrAi: another until a restore at 2020-01-01T00:00:00Z'"
                );
            }

        try
        {
            (await Program().Sender.Send(new ListFormerDatabases())).ShouldBeEmpty();
            (await DropFormerAsync(TimeSpan.FromDays(999))).ShouldBeEmpty();
        }
        finally
        {
            if (Kind == DatabaseKind.Postgres)
                await using (var admin = await OpenDatabaseAsync())
                    await admin.ExecuteAsync("DROP DATABASE qrai_before_00000001");
        }
    }

    [Test]
    public async Task An_invalid_URL_is_reported_without_its_password()
    {
        var refusal = await Program()
            .Sender.Send(new RestoreBackup("qrai-20200101T000000Z", "mysql://qrai:s3cret@db/qrai", false))
            .ShouldThrowAsync<InvalidRequestException>();

        refusal.Errors["--into"].Single().ShouldNotContain("s3cret");
    }

    [Test]
    public async Task A_backup_of_the_other_kind_of_database_is_refused()
    {
        var id = (await CreateAsync(Program().Sender)).Id;
        var other = Kind == DatabaseKind.Postgres ? "sqlite:///tmp/other.db" : "postgresql://qrai:pw@127.0.0.1/qrai";

        var failure = await Program()
            .Sender.Send(new RestoreBackup(id, other, Overwrite: true))
            .ShouldThrowAsync<BackupFailedException>();

        failure.Message.ShouldContain("Nothing was changed");
    }

    private async Task ShouldHaveAsync(int sessions)
    {
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((sessions, sessions * 10));
    }

    private async Task<string> FailureAsync(string id)
    {
        var failure = await Program()
            .Sender.Send(new RestoreBackup(id, null, Overwrite: true))
            .ShouldThrowAsync<BackupFailedException>();
        failure.Message.ShouldEndWith("Nothing was changed.");
        return failure.Message;
    }

    /// <summary>An archive that writes to the database as soon as a backup is complete.</summary>
    private sealed class LateWriter(IBackupArchive archive, Func<Task> write) : IBackupArchive
    {
        public bool HasStorage => archive.HasStorage;

        public async Task<IBackupDraft> BeginAsync(CancellationToken cancellationToken) =>
            new Draft(await archive.BeginAsync(cancellationToken), write);

        public Task<ArchiveListing> ListAsync(CancellationToken cancellationToken) =>
            archive.ListAsync(cancellationToken);

        public Task<StoredBackup?> FindAsync(string id, CancellationToken cancellationToken) =>
            archive.FindAsync(id, cancellationToken);

        public Task<ILocalDump> FetchAsync(StoredBackup backup, CancellationToken cancellationToken) =>
            archive.FetchAsync(backup, cancellationToken);

        public Task<StoredBackup> UploadAsync(StoredBackup backup, CancellationToken cancellationToken) =>
            archive.UploadAsync(backup, cancellationToken);

        public Task UpdateAsync(StoredBackup backup, CancellationToken cancellationToken) =>
            archive.UpdateAsync(backup, cancellationToken);

        public Task RemoveAsync(StoredBackup backup, CancellationToken cancellationToken) =>
            archive.RemoveAsync(backup, cancellationToken);

        private sealed class Draft(IBackupDraft draft, Func<Task> write) : IBackupDraft
        {
            public string Id => draft.Id;

            public DateTimeOffset CreatedAt => draft.CreatedAt;

            public Stream Dump => draft.Dump;

            public async Task<StoredBackup> CompleteAsync(
                Func<string, long, BackupManifest> describe,
                CancellationToken cancellationToken
            )
            {
                var backup = await draft.CompleteAsync(describe, cancellationToken);
                await write();
                return backup;
            }

            public ValueTask DisposeAsync() => draft.DisposeAsync();
        }
    }
}
