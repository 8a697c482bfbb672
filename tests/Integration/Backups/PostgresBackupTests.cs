using QrAi.Application.Backups;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Backups;

/// <summary>Cases that only apply to a database server.</summary>
public sealed class PostgresBackupTests() : BackupTest(DatabaseKind.Postgres)
{
    [Test]
    public async Task A_cancelled_backup_ends_its_tools_leaves_no_files_and_shows_no_password()
    {
        await FillAsync();
        await using var blocker = await OpenDatabaseAsync();
        await blocker.ExecuteAsync("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
        await using var observer = await OpenDatabaseAsync();
        using var stop = new CancellationTokenSource();
        var creating = Program().Sender.Send(new CreateBackup(), stop.Token);
        // Both the dump and the reader of the tables wait for the lock.
        await Eventually.Holds(async () => creating.IsCompleted || await SessionsAsync(observer) == 2);
        ShouldShowNoPassword();

        await stop.CancelAsync();

        await creating.ShouldThrowAsync<OperationCanceledException>();
        await Eventually.Holds(async () => await SessionsAsync(observer) == 0);
        Files().ShouldBeEmpty();
        await blocker.ExecuteAsync("ROLLBACK");
        await CreateAsync(Program().Sender);
    }

    [Test]
    public async Task A_lost_connection_to_the_server_is_reported_and_leaves_no_files()
    {
        await FillAsync();
        await using var blocker = await OpenDatabaseAsync();
        await blocker.ExecuteAsync("BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE");
        await using var observer = await OpenDatabaseAsync();
        var creating = CreateAsync(Program().Sender);
        await Eventually.Holds(async () => creating.IsCompleted || await SessionsAsync(observer) == 2);

        await observer.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                + "WHERE datname = current_database() AND application_name = 'qrai-backup'"
        );

        (await creating.ShouldThrowAsync<BackupFailedException>()).Message.ShouldContain("terminat");
        Files().ShouldBeEmpty();
    }

    [Test]
    public async Task Tables_of_any_name_and_type_are_compared()
    {
        await using (var database = await OpenDatabaseAsync())
            await database.ExecuteAsync(
                """
                CREATE SCHEMA "Odd ""schema";
                CREATE TABLE "Odd ""schema"."t; DROP TABLE sessions" (t text, row_ int, f float8, r real, d interval, b bytea,
                  at timestamptz, j json, a text[], n numeric);
                INSERT INTO "Odd ""schema"."t; DROP TABLE sessions"
                  SELECT 'x', i, i / 3.0, i / 7.0, i * interval '1 month 1 day 1.5 s', decode(md5(i::text), 'hex'),
                  now() + i * interval '1 h', '{"a" : 1}', ARRAY['a,b', NULL, '"'], i / 9.0 FROM generate_series(1, 50) AS i;
                CREATE TABLE no_columns ();
                INSERT INTO no_columns DEFAULT VALUES;
                CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day);
                CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
                INSERT INTO parts VALUES (1, '2026-05-05'), (1, '2026-05-05');
                CREATE TABLE counted (id serial PRIMARY KEY);
                INSERT INTO counted SELECT FROM generate_series(1, 5);
                ALTER TABLE counted DROP CONSTRAINT counted_pkey, ADD COLUMN gone int, ADD COLUMN last int DEFAULT 3;
                ALTER TABLE counted DROP COLUMN gone;
                """
            );
        var program = Program();
        var backup = await CreateAsync(program.Sender);

        (await program.Sender.Send(new VerifyBackup(backup.Id))).Manifest.IsVerified.ShouldBeTrue();

        var rows = backup.Manifest.Contents.Tables.ToDictionary(table => table.Name, table => table.Rows);
        rows["Odd \"schema.t; DROP TABLE sessions"].ShouldBe(50);
        rows["public.no_columns"].ShouldBe(1);
        rows["public.parts_2026"].ShouldBe(2);
        rows["public.counted"].ShouldBe(5);
        rows.Keys.ShouldNotContain("public.parts");
    }

    [Test]
    public async Task A_sequence_that_is_behind_its_table_is_detected()
    {
        await using (var database = await OpenDatabaseAsync())
            await database.ExecuteAsync(
                "CREATE TABLE counted (id int GENERATED ALWAYS AS IDENTITY); INSERT INTO counted OVERRIDING SYSTEM VALUE VALUES (7)"
            );
        var backup = await CreateAsync(Program().Sender);

        var failure = await Program()
            .Sender.Send(new VerifyBackup(backup.Id))
            .ShouldThrowAsync<BackupDamagedException>();

        failure.Message.ShouldContain("counted_id_seq stands at 1, behind the largest value 7");
    }

    [Test]
    public async Task A_restore_preserves_the_settings_and_privileges_of_the_database()
    {
        await FillAsync(sessions: 1);
        var name = PostgresUrl.DatabaseOf(Url);
        await using (var database = await OpenDatabaseAsync())
            await database.ExecuteAsync(
                $"""
                ALTER DATABASE "{name}" SET work_mem = '5MB';
                ALTER DATABASE "{name}" SET search_path = "$user", public, "Odd schema";
                ALTER DATABASE "{name}" CONNECTION LIMIT 77;
                REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;
                GRANT CONNECT ON DATABASE "{name}" TO pg_monitor WITH GRANT OPTION;
                """
            );
        var before = await PropertiesAsync();
        var backup = await CreateAsync(Program().Sender);

        await Program().Sender.Send(new RestoreBackup(backup.Id, null, Overwrite: true));

        (await PropertiesAsync()).ShouldBe(before);

        async Task<string> PropertiesAsync()
        {
            await using var database = await OpenDatabaseAsync();
            return await database.TextAsync(
                """
                SELECT concat_ws(' | ', datdba, datconnlimit, encoding, datcollate, datctype,
                  (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(datacl) AS acl),
                  (SELECT string_agg(entry, ';' ORDER BY entry) FROM pg_db_role_setting, unnest(setconfig) AS entry
                    WHERE setdatabase = d.oid))
                FROM pg_database AS d WHERE datname = current_database()
                """
            );
        }
    }

    [Test]
    public async Task A_missing_privilege_is_reported_and_does_not_fail_the_verification_of_the_backup()
    {
        var backup = await CreateAsync(Program().Sender);
        var role = $"qrai_test_{Guid.CreateVersion7():N}";
        await using var admin = await OpenDatabaseAsync();
        await admin.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pw' NOCREATEDB");
        try
        {
            var uri = new Uri(Url);
            var program = Program(
                new()
                {
                    ["DATABASE_URL"] = PostgresUrl.Create(uri.Host, uri.Port, role, "pw", PostgresUrl.DatabaseOf(Url)),
                }
            );

            var failure = await program
                .Sender.Send(new VerifyBackup(backup.Id))
                .ShouldThrowAsync<BackupFailedException>();

            failure.Message.ShouldContain("right to create databases");
            (await program.Sender.Send(new ListBackups())).Backups.Single().Manifest.Verification.ShouldBeNull();
        }
        finally
        {
            await admin.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Test]
    public async Task A_verification_drops_its_scratch_database_and_those_of_killed_processes_and_no_others()
    {
        if (!PostgresCluster.IsAvailable)
            Assert.Ignore("PostgreSQL's server programs are not installed.");
        await using var cluster = await PostgresCluster.CreateAsync();
        await using var admin = await Sql.OpenAsync(cluster.Url);
        await admin.ExecuteAsync("CREATE DATABASE qrai");
        await admin.ExecuteAsync("CREATE DATABASE qrai_scratch_00000001"); // its lock is free
        await admin.ExecuteAsync("CREATE DATABASE qrai_scratch_00000002");
        await admin.ExecuteAsync("CREATE DATABASE qrai_scratch_of_somebody");
        await admin.ExecuteAsync($"SELECT pg_advisory_lock({0x71726173}, 2)");
        var url = PostgresUrl.WithDatabase(cluster.Url, "qrai");
        await using (await QrAiHost.StartAsync(url, provider: null)) { }
        var program = Program(new() { ["DATABASE_URL"] = url });
        await CreateAsync(program.Sender);

        await program.Sender.Send(new VerifyBackup(null));

        string[] expected = ["qrai", "qrai_scratch_00000002", "qrai_scratch_of_somebody"];
        (await admin.LinesAsync("SELECT datname FROM pg_database WHERE datname LIKE 'qrai%' ORDER BY 1")).ShouldBe(
            expected
        );
    }

    [Test]
    public async Task An_unavailable_server_is_reported_and_leaves_no_files()
    {
        var program = Program(
            new() { ["DATABASE_URL"] = $"postgresql://qrai:s3cret@127.0.0.1:{LoopbackPort.FindFree()}/qrai" }
        );

        var failure = await program.Sender.Send(new CreateBackup()).ShouldThrowAsync<BackupFailedException>();

        failure.Message.ShouldContain("cannot be reached");
        failure.Message.ShouldNotContain("s3cret");
        Files().ShouldBeEmpty();
    }

    private static Task<long> SessionsAsync(Sql observer) =>
        observer.NumberAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                + "AND application_name = 'qrai-backup' AND wait_event_type = 'Lock'"
        );

    /// <summary>Asserts that command lines, which every user can read, do not contain the password.</summary>
    private void ShouldShowNoPassword()
    {
        // The server of a developer may require no password.
        if (!OperatingSystem.IsLinux() || new Uri(Url).UserInfo.Split(':') is not [_, { Length: > 0 } encoded])
            return;
        var password = Uri.UnescapeDataString(encoded);
        var commands = Directory
            .GetDirectories("/proc")
            .Select(folder => Path.Combine(folder, "cmdline"))
            .Select(file =>
            {
                try
                {
                    return File.ReadAllText(file);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    return ""; // not a process, or an ended one
                }
            })
            .Where(command => command.Contains("--snapshot", StringComparison.Ordinal))
            .ToList();
        commands.ShouldNotBeEmpty();
        commands.ShouldAllBe(command => !command.Contains(password, StringComparison.Ordinal));
    }
}
