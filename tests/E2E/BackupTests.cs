using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E;

/// <summary>The verbs that create and restore backups, as an operator runs them.</summary>
public sealed partial class BackupTests : ProgramTests
{
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const int InvalidSettings = 78;

    [Test]
    public async Task A_backup_is_created_listed_verified_and_restored([Values] Database database)
    {
        var workplace = await MigratedAsync(database);

        var created = await RunAsync(workplace, "backup", "create");
        var id = IdIn(created.Output);
        (await RunAsync(workplace, "backup", "list")).Output.ShouldMatch($"^{id} +[0-9]+ +folder +unverified\n$");
        (await RunAsync(workplace, "backup", "verify")).Output.ShouldMatch(
            $"^verified {id}: .* all as in the manifest\n$"
        );
        (await RunAsync(workplace, "backup", "verify", id)).ExitCode.ShouldBe(0);
        (await RunAsync(workplace, "backup", "list")).Output.ShouldContain(" verified 20");
        (await RunAsync(workplace, "backup", "prune")).ExitCode.ShouldBe(0);

        var refused = await RunAsync(workplace, "restore", id);
        refused.ExitCode.ShouldBe(WrongUsage);
        refused.Errors.ShouldStartWith("--yes: is required");
        var restored = await RunAsync(workplace, "restore", id, "--yes");
        restored.ExitCode.ShouldBe(0, restored.Errors);
        restored.Output.ShouldMatch(
            $@"^before: qrai-\S+ has what was there\nrestored {id} into .*: \d+ tables, \d+ rows, all as in the manifest, \d+\.\d s\n$"
        );
        (await StartAsync(workplace)).Output.ShouldContain("listens");
    }

    [Test]
    public async Task The_exit_code_reports_each_kind_of_failure()
    {
        var workplace = await MigratedAsync(Database.Sqlite);

        (await RunAsync(workplace, "backup")).ExitCode.ShouldBe(WrongUsage);
        (await RunAsync(workplace, "backup", "verify", "latest")).ExitCode.ShouldBe(WrongUsage);
        (await RunAsync(workplace, "restore")).ExitCode.ShouldBe(WrongUsage);
        (await RunAsync(workplace, "backup", "verify")).ExitCode.ShouldBe(Failed);
        var unknown = await RunAsync(workplace, "restore", "qrai-20200101T000000Z", "--yes");
        unknown.ExitCode.ShouldBe(Failed);
        unknown.Errors.ShouldBe("There is no backup qrai-20200101T000000Z. Nothing was changed.\n");
        workplace.Settings["BACKUP_SCHEDULE"] = "daily";
        var invalid = await RunAsync(workplace, "backup", "list");
        invalid.ExitCode.ShouldBe(InvalidSettings);
        invalid.Errors.ShouldStartWith("BACKUP_SCHEDULE: must be");
    }

    [Test]
    public async Task Damage_is_reported_and_fails_the_command([Values] Database database)
    {
        var workplace = await MigratedAsync(database);
        var id = IdIn((await RunAsync(workplace, "backup", "create")).Output);
        var dump = Path.Combine(BackupsOf(workplace), $"{id}.dump");
        var bytes = await File.ReadAllBytesAsync(dump);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(dump, bytes);

        var verified = await RunAsync(workplace, "backup", "verify", id);
        verified.ExitCode.ShouldBe(Failed);
        verified.Errors.ShouldStartWith($"{id} is damaged. The dump has SHA-256");
        verified.Output.ShouldBeEmpty();
        (await RunAsync(workplace, "backup", "list")).Output.ShouldContain("FAILED");

        await File.WriteAllBytesAsync(dump, bytes[..^1]);
        (await RunAsync(workplace, "restore", id, "--yes")).ExitCode.ShouldBe(Failed);
        var list = await RunAsync(workplace, "backup", "list");
        list.Output.ShouldBeEmpty();
        list.Errors.ShouldContain($"{id} is damaged. The dump has {bytes.Length - 1} bytes");
    }

    [Test]
    public async Task A_killed_dump_is_reported_and_leaves_no_files()
    {
        var workplace = await MigratedAsync(Database.Postgres);
        ReplaceTool(workplace, "pg_dump", "\"$real\" \"$@\" | head -c 3000\nkill -9 $$");

        var created = await RunAsync(workplace, "backup", "create");

        created.ExitCode.ShouldBe(Failed);
        created.Errors.ShouldContain("pg_dump failed with exit code 137");
        created.Output.ShouldBeEmpty();
        Directory.GetFiles(BackupsOf(workplace)).ShouldBeEmpty();
        (await RunAsync(workplace, "backup", "list")).Output.ShouldBeEmpty();
    }

    [Test]
    public async Task A_failed_dump_is_reported_with_its_own_message()
    {
        var workplace = await MigratedAsync(Database.Postgres);
        ReplaceTool(workplace, "pg_dump", "echo 'pg_dump: error: the disk is on fire' >&2\nexit 3");

        var created = await RunAsync(workplace, "backup", "create");

        created.ExitCode.ShouldBe(Failed);
        created.Errors.ShouldBe("pg_dump failed with exit code 3: the disk is on fire\n");
    }

    [Test]
    public async Task A_restore_that_is_killed_changes_nothing()
    {
        var workplace = await MigratedAsync(Database.Postgres);
        var id = IdIn((await RunAsync(workplace, "backup", "create")).Output);
        ReplaceTool(workplace, "pg_restore", "kill -9 $$");

        var restored = await RunAsync(workplace, "restore", id, "--yes");

        restored.ExitCode.ShouldBe(Failed);
        restored.Errors.ShouldContain("pg_restore failed with exit code 137");
        restored.Errors.ShouldEndWith("Nothing was changed.\n");
        // A killed tool does not prove that the backup is damaged.
        (await RunAsync(workplace, "backup", "verify", id)).ExitCode.ShouldBe(Failed);
        (await RunAsync(workplace, "backup", "list")).Output.ShouldContain("unverified");
        (await RunAsync(workplace, "migrate", "--list")).Output.ShouldNotContain("pending");
    }

    [Test]
    public async Task A_tool_that_is_older_than_the_server_is_not_used()
    {
        var workplace = await MigratedAsync(Database.Postgres);
        ReplaceTool(workplace, "pg_dump", "echo 'It was used' >&2\nexit 3", version: "9.6.24");

        var created = await RunAsync(workplace, "backup", "create");

        // On Debian the program finds a new version in its folder; elsewhere there is none.
        if (created.ExitCode == 0)
            IdIn(created.Output);
        else
            created.Errors.ShouldMatch("^pg_dump 9.6.24 .* is older than version [0-9]+, which is needed: install ");
    }

    [Test]
    public async Task A_killed_program_leaves_no_backup_and_the_next_one_cleans_up()
    {
        var workplace = await MigratedAsync(Database.Postgres);
        await using var blocker = await LockAsync(workplace);
        var program = Launch(workplace, Nowhere, "backup", "create");
        await Eventually.Holds(() =>
            program.HasExited
                ? throw new InvalidOperationException(program.Errors)
                : Directory.GetFiles(BackupsOf(workplace), "*.dump.partial").Length == 1
        );

        program.Kill();
        await program.ExitAsync();

        (await RunAsync(workplace, "backup", "list")).Output.ShouldBeEmpty();
        await blocker.DisposeAsync();
        var id = IdIn((await RunAsync(workplace, "backup", "create")).Output);
        Directory
            .GetFiles(BackupsOf(workplace))
            .Select(file => Path.GetFileName(file))
            .ShouldBe([$"{id}.dump", $"{id}.json"], ignoreOrder: true);
    }

    [Test]
    public async Task A_program_that_is_stopped_during_a_backup_leaves_no_files()
    {
        var workplace = await MigratedAsync(Database.Postgres);
        await using var blocker = await LockAsync(workplace);
        var program = Launch(workplace, Nowhere, "backup", "create");
        await Eventually.Holds(() =>
            program.HasExited
                ? throw new InvalidOperationException(program.Errors)
                : Directory.GetFiles(BackupsOf(workplace), "*.dump.partial").Length == 1
        );

        program.Terminate();

        (await program.ExitAsync()).ShouldBe(Failed);
        Directory.GetFiles(BackupsOf(workplace)).ShouldBeEmpty();
    }

    [Test]
    public async Task An_unavailable_storage_is_reported_and_the_backup_is_in_the_folder()
    {
        const string Key = "c2VjcmV0LWtleS10aGF0LW5vYm9keS1zZWVz";
        var workplace = await MigratedAsync(Database.Sqlite);
        workplace.Settings["AZURE_STORAGE_CONNECTION_STRING"] = string.Create(
            CultureInfo.InvariantCulture,
            $"AccountName=qrai;AccountKey={Key};BlobEndpoint=http://127.0.0.1:{LoopbackPort.FindFree()}/qrai"
        );

        var created = await RunAsync(workplace, "backup", "create");
        var listed = await RunAsync(workplace, "backup", "list");

        created.ExitCode.ShouldBe(Failed);
        created.Errors.ShouldContain("cannot be reached");
        created.Errors.ShouldContain("is in the folder and not in the storage");
        listed.ExitCode.ShouldBe(Failed);
        listed.Output.ShouldMatch(@"^qrai-\S+ +[0-9]+ +folder +unverified\n$");
        (created.Errors + listed.Errors).ShouldNotContain(Key);
    }

    [Test]
    public async Task A_schedule_creates_verified_backups_on_time_and_ends_successfully_when_stopped()
    {
        // Both run concurrently, because each can wait a minute for its time.
        var schedules = new List<(Workplace Workplace, QrAiProcess Program)>();
        foreach (var database in Enum.GetValues<Database>())
        {
            var workplace = await MigratedAsync(database);
            workplace.Settings["BACKUP_SCHEDULE"] = "* * * * *";
            schedules.Add((workplace, Launch(workplace, Nowhere, "backup", "schedule")));
        }

        foreach (var (workplace, program) in schedules)
        {
            await Eventually.Holds(
                () =>
                    program.HasExited
                        ? throw new InvalidOperationException(program.Errors)
                        : program.Errors.Contains("Backup pruned", StringComparison.Ordinal),
                TimeSpan.FromMinutes(3)
            );
            program.Terminate();

            (await program.ExitAsync()).ShouldBe(0);
            (await RunAsync(workplace, "backup", "list")).Output.ShouldContain(" verified 20");
        }
    }

    [Test]
    public async Task Passwords_are_never_printed()
    {
        var workplace = await MigratedAsync(Database.Postgres);
        workplace.Settings["LOG_LEVEL"] = "TRACE";
        var password = Uri.UnescapeDataString(new Uri(workplace.Settings["DATABASE_URL"]).UserInfo.Split(':')[1]);

        var created = await RunAsync(workplace, "backup", "create");
        var verified = await RunAsync(workplace, "backup", "verify");
        workplace.Settings["DATABASE_URL"] = PostgresUrl.WithDatabase(workplace.Settings["DATABASE_URL"], "nowhere");
        var failed = await RunAsync(workplace, "backup", "create");

        failed.ExitCode.ShouldBe(Failed);
        foreach (var run in new[] { created, verified, failed })
            (run.Output + run.Errors).ShouldNotContain(password);
        foreach (var file in Directory.GetFiles(BackupsOf(workplace), "*.json"))
            (await File.ReadAllTextAsync(file)).ShouldNotContain(password);
    }

    private static string BackupsOf(Workplace workplace) =>
        Directory.CreateDirectory(Path.Combine(workplace.Folder, "data", "backups")).FullName;

    private static string IdIn(string output)
    {
        var match = Id().Match(output);
        match.Success.ShouldBeTrue(output);
        return match.Value;
    }

    private async Task<Workplace> MigratedAsync(Database database)
    {
        var workplace = await new Workplace().WithAsync(database);
        workplace.Settings["DATABASE_TIMEOUT_SECONDS"] = "60";
        (await RunAsync(workplace, "migrate")).ExitCode.ShouldBe(0);
        if (database == Database.Postgres && PostgresBinaries.PathOf("pg_dump") is null)
            Assert.Ignore("There is no pg_dump here: install PostgreSQL's client programs.");
        return workplace;
    }

    /// <summary>Locks a table, so that a dump of it has to wait.</summary>
    private static async Task<NpgsqlConnection> LockAsync(Workplace workplace)
    {
        var connection = new NpgsqlConnection(
            PostgresUrl.ToConnectionString(workplace.Settings["DATABASE_URL"]) + ";Pooling=false"
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Replaces a PostgreSQL program by a script, in which <c>$real</c> is the original.</summary>
    private static void ReplaceTool(Workplace workplace, string name, string script, string? version = null)
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("The replacement is a shell script.");
        var real = PostgresBinaries.PathOf(name)!;
        var answer = version is null ? "exec \"$real\" --version" : $"echo '{name} (PostgreSQL) {version}'; exit 0";
        workplace.Write(
            $"tools/{name}",
            "#!/bin/sh",
            $"real={real}",
            $"[ \"$1\" != --version ] || {{ {answer}; }}",
            script
        );
        var tools = Path.Combine(workplace.Root, "tools");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(tools, name), (UnixFileMode)0b111_101_101);
        workplace.Settings["PATH"] = $"{tools}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
    }

    [GeneratedRegex(@"qrai-\d{8}T\d{6}Z")]
    private static partial Regex Id();
}
