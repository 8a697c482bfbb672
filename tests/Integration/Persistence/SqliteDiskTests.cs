using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Checks;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Persistence;
using QrAi.Tests.Integration.Backups;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>A database file on a read-only or full disk.</summary>
public sealed class SqliteDiskTests
{
    private readonly string _folder = TestRun.NewFolder();

    private string Url => $"sqlite://{Path.Combine(_folder, "qrai.db")}";

    [Test]
    public async Task A_read_only_disk_ends_a_start_and_a_migration_with_the_reason([Values] bool exists)
    {
        await using var disk = await SmallDisk.MountAsync(_folder, "4m");
        if (exists)
            File.Copy(TestRun.NewSqliteDatabase()["sqlite://".Length..], Path.Combine(_folder, "qrai.db"));
        await disk.MakeReadOnlyAsync();

        await using (var qrai = await QrAiHost.StartAsync(Url, provider: null, waitUntilReady: false))
        {
            var state = qrai.Services.GetRequiredService<DatabaseState>();
            await Eventually.Holds(() => state.Refusal is not null);
            ShouldReport(state.Refusal!);
        }

        await using var verbs = new Verbs(Url);
        ShouldReport((await Should.ThrowAsync<DatabaseUnusableException>(() => verbs.MigrateAsync(null))).Message);
        ShouldReport((await CheckAsync()).Detail);

        static void ShouldReport(string line)
        {
            line.ShouldContain("The folder of the database file is not writable: Read-only file system");
            line.ShouldContain("Make the folder writable");
            line.ShouldNotContain("another process");
        }
    }

    [Test]
    public async Task A_start_on_a_full_disk_reports_it_and_continues_when_there_is_space()
    {
        await using var disk = await SmallDisk.MountAsync(_folder, "2m");
        var filling = Path.Combine(_folder, "filling");
        await FillAsync(filling);

        await using var qrai = await QrAiHost.StartAsync(Url, provider: null, waitUntilReady: false);
        var state = qrai.Services.GetRequiredService<DatabaseState>();
        await Eventually.Holds(() => state.WaitingFor == "The disk with the database file is full.");
        var check = await CheckAsync();
        File.Delete(filling);

        await qrai.ReadyAsync();
        check.Passed.ShouldBeFalse();
        check.Detail.ShouldEndWith("The disk with the database file is full. Free space on the disk.");
        (await qrai.AskAsync("Room?")).Answer.Status.ShouldBe("completed");
    }

    private Task<CheckOutcome> CheckAsync() => Checks.RunAsync(CheckNames.Database, clock: null, ("DATABASE_URL", Url));

    private static async Task FillAsync(string path)
    {
        await using var file = File.Create(path, bufferSize: 0);
        try
        {
            while (true)
                await file.WriteAsync(new byte[4096]);
        }
        catch (IOException)
        {
            // the disk is full
        }
    }
}
