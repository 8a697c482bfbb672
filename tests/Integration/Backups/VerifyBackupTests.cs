using QrAi.Application.Backups;

namespace QrAi.Tests.Integration.Backups;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class VerifyBackupTests(DatabaseKind kind) : BackupTest(kind)
{
    [Test]
    public async Task A_valid_backup_is_verified_with_the_time()
    {
        await FillAsync();
        var program = Program(clock: new TestClock());
        var backup = await CreateAsync(program.Sender);

        var verified = await program.Sender.Send(new VerifyBackup(backup.Id));

        verified.Manifest.Verification.ShouldBe(new BackupVerification(TestClock.Noon, null));
        var listed = (await Program().Sender.Send(new ListBackups())).Backups.Single();
        listed.Manifest.IsVerified.ShouldBeTrue();
        listed.Manifest.Verification.ShouldBe(verified.Manifest.Verification);
        listed.Damage.ShouldBeNull();
        Files().Count.ShouldBe(2);
    }

    [Test]
    public async Task Without_a_name_the_newest_backup_is_verified()
    {
        await CreateAsync(Program().Sender);
        var newest = await CreateAsync(Program().Sender);

        (await Program().Sender.Send(new VerifyBackup(null))).Id.ShouldBe(newest.Id);
    }

    [Test]
    public async Task A_missing_backup_cannot_be_verified()
    {
        (await FailureAsync(null)).ShouldBe("There is no backup yet.");
        (await FailureAsync("qrai-20200101T000000Z")).ShouldBe("There is no backup qrai-20200101T000000Z.");
    }

    [Test]
    public async Task A_flipped_byte_is_detected_and_recorded()
    {
        await FillAsync();
        var id = (await CreateAsync(Program().Sender)).Id;
        Flip(DumpOf(id), new FileInfo(DumpOf(id)).Length * 4);

        (await FailureAsync(id)).ShouldContain("SHA-256");

        var listed = (await Program().Sender.Send(new ListBackups())).Backups.Single();
        listed.Manifest.HasFailed.ShouldBeTrue();
        listed.Manifest.Verification!.Difference!.ShouldContain("SHA-256");
    }

    [Test]
    public async Task A_truncated_dump_is_detected_and_listed_as_damaged()
    {
        var id = (await CreateAsync(Program().Sender)).Id;
        await using (var file = new FileStream(DumpOf(id), FileMode.Open))
            file.SetLength(file.Length - 1);

        (await FailureAsync(id)).ShouldContain("bytes");

        (await Program().Sender.Send(new ListBackups())).Backups.ShouldAllBe(backup => backup.Damage != null);
    }

    [Test]
    public async Task A_missing_dump_is_detected_and_listed_as_damaged()
    {
        var id = (await CreateAsync(Program().Sender)).Id;
        File.Delete(DumpOf(id));

        (await FailureAsync(id)).ShouldContain("missing");

        (await Program().Sender.Send(new ListBackups())).Backups.Single().Damage!.ShouldContain("missing");
    }

    [Test]
    public async Task A_manifest_with_a_wrong_row_count_is_detected_by_its_checksum_and_the_table_is_named()
    {
        await FillAsync();
        var id = (await CreateAsync(Program().Sender)).Id;
        var manifest = await File.ReadAllTextAsync(ManifestOf(id));
        await File.WriteAllTextAsync(
            ManifestOf(id),
            manifest.Replace("\"rows\": 30", "\"rows\": 31", StringComparison.Ordinal)
        );
        var forged = await File.ReadAllTextAsync(ManifestOf(id));

        (await FailureAsync(id)).ShouldContain("messages has 30 rows; expected 31");

        (await File.ReadAllTextAsync(ManifestOf(id))).ShouldBe(forged, "It must not get a valid checksum.");
        (await Program().Sender.Send(new ListBackups())).Backups.Single().Damage!.ShouldContain("checksum");
    }

    [Test]
    public async Task A_manifest_with_a_wrong_row_count_and_a_valid_checksum_is_detected_by_the_restore()
    {
        await FillAsync();
        var id = (await CreateAsync(Program().Sender)).Id;
        Forge(
            id,
            json =>
            {
                var messages = json["tables"]!.AsArray().Single(table => (long)table!["rows"]! == 30)!;
                messages["rows"] = 31;
            }
        );
        (await Program().Sender.Send(new ListBackups())).Backups.Single().Damage.ShouldBeNull();

        (await FailureAsync(id)).ShouldContain("messages has 30 rows; expected 31");

        (await Program().Sender.Send(new ListBackups())).Backups.Single().Manifest.HasFailed.ShouldBeTrue();
    }

    [TestCase("hash", "0000000000000000", "differs: hash")]
    [TestCase("name", "a_table_that_nobody_has", "Table a_table_that_nobody_has is missing")]
    public async Task The_name_and_the_hash_of_a_table_in_the_manifest_are_compared(
        string member,
        string value,
        string difference
    )
    {
        await FillAsync();
        var id = (await CreateAsync(Program().Sender)).Id;
        Forge(id, json => json["tables"]!.AsArray()[0]![member] = value);

        (await FailureAsync(id)).ShouldContain(difference);
    }

    [Test]
    public async Task An_unreadable_manifest_is_reported_and_is_not_a_backup()
    {
        var id = (await CreateAsync(Program().Sender)).Id;
        await File.WriteAllTextAsync(ManifestOf(id), "{");

        (await FailureAsync(id)).ShouldContain(id);

        var listing = await Program().Sender.Send(new ListBackups());
        listing.Backups.ShouldBeEmpty();
        listing.Unreadable.Single().ShouldContain(id);
    }

    [Test]
    public async Task Concurrent_writes_cause_no_false_alarm()
    {
        await FillAsync();
        await using var qrai = await QrAiHost.StartAsync(Url, provider: null);
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writers = Enumerable.Range(0, 4).Select(_ => WriteAsync()).ToList();
        var program = Program();
        var rows = new List<long>();

        for (var round = 0; round < 3; round++)
        {
            var before = Volatile.Read(ref written);
            await Eventually.Holds(() => Volatile.Read(ref written) > before + 5);
            var backup = await CreateAsync(program.Sender);
            (await program.Sender.Send(new VerifyBackup(backup.Id))).Manifest.IsVerified.ShouldBeTrue();
            rows.Add(backup.Manifest.Contents.Rows);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        rows.ShouldBeInOrder(SortDirection.Ascending);
        rows[0].ShouldBeLessThan(rows[2]);

        async Task WriteAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                await qrai.AskAsync("And now?");
                Interlocked.Increment(ref written);
            }
        }
    }

    [Test]
    public async Task A_sample_of_single_bit_flips_is_caught_or_harmless() => await FlipAsync(dump: 20, manifest: 20);

    [Test]
    [Explicit("It takes minutes: build/prove-backups.sh runs it.")]
    public async Task Each_of_240_single_bit_flips_is_caught_or_harmless() => await FlipAsync(dump: 120, manifest: 120);

    /// <summary>Flips one bit after another, and restores each.</summary>
    private async Task FlipAsync(int dump, int manifest)
    {
        await FillAsync();
        var program = Program();
        var backup = await CreateAsync(program.Sender);
        var original = await File.ReadAllBytesAsync(ManifestOf(backup.Id));
        var random = new Random(20_261_123);
        var (caught, harmless) = (0, 0);
        foreach (var (path, count) in new[] { (DumpOf(backup.Id), dump), (ManifestOf(backup.Id), manifest) })
            for (var number = 0; number < count; number++)
            {
                var bit = random.NextInt64(new FileInfo(path).Length * 8);
                Flip(path, bit);
                try
                {
                    // A verified backup has to equal the original.
                    var verified = await program.Sender.Send(new VerifyBackup(backup.Id));
                    verified.Manifest.Contents.FirstDifferenceTo(backup.Manifest.Contents).ShouldBeNull($"bit {bit}");
                    verified.Manifest.Sha256.ShouldBe(backup.Manifest.Sha256, $"bit {bit}");
                    harmless++;
                }
                catch (BackupFailedException)
                {
                    caught++;
                }

                if (path == DumpOf(backup.Id))
                    Flip(path, bit);
                await File.WriteAllBytesAsync(ManifestOf(backup.Id), original);
            }

        await TestContext.Out.WriteLineAsync($"{dump + manifest} flips: {caught} caught, {harmless} harmless");
        caught.ShouldBeGreaterThanOrEqualTo(dump, "Every flip in the dump is caught.");
        (await program.Sender.Send(new VerifyBackup(backup.Id))).Manifest.IsVerified.ShouldBeTrue();
    }

    private async Task<string> FailureAsync(string? id) =>
        (await Program().Sender.Send(new VerifyBackup(id)).ShouldThrowAsync<BackupFailedException>()).Message;
}
