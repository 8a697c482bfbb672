using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Checks;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Persistence;
using QrAi.Tests.Integration.Backups;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>A database file on a disk that can only be read, or that is full.</summary>
public sealed class SqliteDiskTests
{
    private readonly string _folder = TestRun.NewFolder();

    private string Url => $"sqlite://{Path.Combine(_folder, "qrai.db")}";

    [Test]
    public async Task A_disk_that_can_only_be_read_ends_a_start_and_a_migration_with_the_reason([Values] bool isThere)
    {
        await using var disk = await SmallDisk.MountAsync(_folder, "4m");
        if (isThere)
            File.Copy(TestRun.NewSqliteDatabase()["sqlite://".Length..], Path.Combine(_folder, "qrai.db"));
        await disk.MakeReadOnlyAsync();

        await using (var qrai = await QrAiHost.StartAsync(Url, provider: null, waitUntilReady: false))
        {
            var state = qrai.Services.GetRequiredService<DatabaseState>();
            await Eventually.Holds(() => state.Refusal is not null);
            ShouldSay(state.Refusal!);
        }

        await using var verbs = new Verbs(Url);
        ShouldSay((await Should.ThrowAsync<DatabaseUnusableException>(() => verbs.MigrateAsync(null))).Message);
        ShouldSay((await CheckAsync()).Detail);

        static void ShouldSay(string line)
        {
            line.ShouldContain("The folder of the database file is not writable: Read-only file system");
            line.ShouldContain("Make the folder writable");
            line.ShouldNotContain("another process");
        }
    }

    [Test]
    public async Task A_start_on_a_full_disk_says_so_and_goes_on_when_there_is_room()
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
            // It is full.
        }
    }
}
