using System.Net;
using System.Net.Sockets;
using Azure.Storage.Blobs;
using QrAi.Application.Checks;

namespace QrAi.Tests.Integration.Backups;

public sealed class StorageCheckTests
{
    private const string FolderAdvice =
        "Make the folder of BACKUP_DIRECTORY writable for this program's user, or name another.";

    private const string ContainerAdvice =
        "Look at AZURE_STORAGE_CONNECTION_STRING and BACKUP_BLOB_CONTAINER, and whether this machine may connect to it.";

    private readonly string _folder = TestRun.NewFolder();

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_writable_folder_passes_and_is_left_unchanged(bool exists)
    {
        var backups = Path.Combine(_folder, exists ? "there" : "not/there/yet");
        if (exists)
            Directory.CreateDirectory(backups);
        var before = Entries();

        var outcome = await CheckAsync(backups);

        outcome.Passed.ShouldBeTrue(outcome.Detail);
        outcome.Detail.ShouldMatch($"^folder {backups} can be written, [1-9][0-9]* MiB free$");
        outcome.Facts.Keys.ShouldBe(["folder"]);
        Entries().ShouldBe(before);
    }

    [Test]
    public async Task A_folder_that_cannot_be_written_is_a_failure()
    {
        var outcome = await CheckAsync("/proc/qrai/backups");

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldStartWith("folder /proc/qrai/backups cannot be written: ");
        outcome.Detail.ShouldEndWith(FolderAdvice);
    }

    [Test]
    public async Task A_file_instead_of_a_folder_is_a_failure()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");

        var outcome = await CheckAsync(Path.Combine(file, "backups"));

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldBe($"folder {file}/backups cannot be written: {file} is a file. {FolderAdvice}");
    }

    [Test]
    public async Task A_full_disk_is_a_failure_and_the_check_leaves_no_files()
    {
        await using var disk = await SmallDisk.MountAsync(_folder, "8k");

        var outcome = await CheckAsync(_folder);

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldContain("No space left");
        outcome.Detail.ShouldEndWith(FolderAdvice);
        Entries().ShouldBeEmpty();
    }

    [Test]
    public async Task A_disk_with_too_little_space_for_a_backup_is_a_failure()
    {
        await using var disk = await SmallDisk.MountAsync(_folder, "1m");

        var outcome = await CheckAsync(_folder);

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldBe(
            $"folder {_folder} can be written, 1 MiB free, and a backup needs 16 MiB. "
                + "Make room: prune with a shorter BACKUP_RETENTION, or name a larger disk in BACKUP_DIRECTORY."
        );
    }

    [Test]
    public async Task A_container_is_written_read_and_left_empty_and_an_unavailable_one_is_a_failure()
    {
        await using var storage = await StartStorageAsync();

        var outcome = await CheckAsync(_folder, Container(storage.ConnectionString));

        outcome.Passed.ShouldBeTrue(outcome.Detail);
        outcome.Detail.ShouldEndWith("; container container nightly can be written, read and deleted from");
        var container = new BlobContainerClient(storage.ConnectionString, "nightly");
        (await container.ExistsAsync()).Value.ShouldBeTrue("The first backup would create it.");
        await foreach (var blob in container.GetBlobsAsync())
            Assert.Fail($"{blob.Name} is left.");

        await storage.StopAsync();
        var failure = await CheckAsync(_folder, Container(storage.ConnectionString));

        failure.Passed.ShouldBeFalse();
        failure.Detail.ShouldContain($"folder {_folder} can be written");
        failure.Detail.ShouldContain("container fails: ");
        failure.Detail.ShouldEndWith(ContainerAdvice);
    }

    [Test]
    public async Task An_unknown_storage_key_is_a_failure_that_does_not_show_it()
    {
        await using var storage = await StartStorageAsync();
        var wrong = Convert.ToBase64String(new byte[64]);
        var key = storage.ConnectionString.Split("AccountKey=")[1].Split(';')[0];

        var outcome = await CheckAsync(
            _folder,
            Container(storage.ConnectionString.Replace(key, wrong, StringComparison.Ordinal))
        );

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldContain("AuthorizationFailure");
        outcome.Detail.ShouldEndWith(ContainerAdvice);
        outcome.ToString().ShouldNotContain(wrong);
    }

    [Test]
    public async Task A_storage_that_does_not_respond_is_a_failure_within_the_time_limit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var clock = new TestClock();
        var address = $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/account";

        var checking = CheckAsync(
            _folder,
            clock,
            Container($"AccountName=account;AccountKey={Convert.ToBase64String(new byte[64])};BlobEndpoint={address}")
        );
        using var connection = await silent.AcceptTcpClientAsync();
        checking.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(15));
        var outcome = await checking.WaitAsync(Eventually.DefaultLimit);

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldContain("container did not answer within 15 s. "); // a slow folder may be reported as well
        outcome.Detail.ShouldEndWith(ContainerAdvice);
    }

    private static async Task<Azurite> StartStorageAsync()
    {
        try
        {
            return await Azurite.StartAsync();
        }
        catch (NotSupportedException exception)
        {
            Assert.Ignore(exception.Message);
            throw;
        }
    }

    private static (string, string)[] Container(string connectionString) =>
        [("AZURE_STORAGE_CONNECTION_STRING", connectionString), ("BACKUP_BLOB_CONTAINER", "nightly")];

    private static Task<CheckOutcome> CheckAsync(string folder, params (string Name, string Value)[] settings) =>
        CheckAsync(folder, clock: null, settings);

    private static Task<CheckOutcome> CheckAsync(
        string folder,
        TimeProvider? clock,
        params (string Name, string Value)[] settings
    ) =>
        Checks.RunAsync(
            CheckNames.Storage,
            clock,
            [("DATABASE_URL", "sqlite://" + TestRun.NewSqlitePath()), ("BACKUP_DIRECTORY", folder), .. settings]
        );

    private string[] Entries() => Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories);
}
