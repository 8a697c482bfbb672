using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Backups;

namespace QrAi.Tests.Integration.Backups;

public sealed class BackupHealthTests() : BackupTest(DatabaseKind.Postgres)
{
    private static readonly TimeSpan UntilItLooksAgain = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Where_nobody_wants_backups_it_is_well_without()
    {
        await using var qrai = await QrAiHost.StartAsync(Url, provider: null);

        var check = await CheckAsync(qrai);

        check.Status.ShouldBe("healthy");
        check.Detail.ShouldBe("No backups are configured.");
    }

    [Test]
    public async Task Where_backups_are_configured_there_has_to_be_a_verified_one_that_is_not_too_old()
    {
        var clock = new TestClock();
        await using var qrai = await StartAsync(clock);
        (await CheckAsync(qrai)).ShouldBe(
            new HealthCheckBody("degraded") { Detail = "No backup has been verified yet." }
        );

        var program = Program(clock: clock);
        await CreateAsync(program.Sender);
        clock.Advance(UntilItLooksAgain);
        (await CheckAsync(qrai)).Status.ShouldBe("degraded");

        await program.Sender.Send(new VerifyBackup(null));
        clock.Advance(UntilItLooksAgain);
        (await CheckAsync(qrai)).ShouldBe(
            new HealthCheckBody("healthy") { Detail = "The last verified backup is 0 h 2 min old." }
        );

        clock.Advance(TimeSpan.FromHours(26));
        (await CheckAsync(qrai)).ShouldBe(
            new HealthCheckBody("degraded") { Detail = "The last verified backup is 26 h 2 min old." }
        );
    }

    [Test]
    public async Task A_degraded_backup_takes_no_work_away()
    {
        await using var qrai = await StartAsync(new TestClock());

        (await CheckAsync(qrai)).Status.ShouldBe("degraded");

        using var ready = await qrai.GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_backup_that_is_there_is_expected_to_be_there_tomorrow_too()
    {
        var clock = new TestClock();
        await using var qrai = await QrAiHost.StartAsync(
            Url,
            provider: null,
            configure: services =>
                services
                    .AddSingleton<TimeProvider>(clock)
                    // The folder is set, but as if it were the default.
                    .AddSingleton(Options() with { IsConfigured = false })
        );
        await CreateAsync(Program(clock: clock).Sender);

        (await CheckAsync(qrai)).Detail.ShouldBe("No backup has been verified yet.");
    }

    private QrAi.Infrastructure.Settings.BackupOptions Options() =>
        QrAi
            .Infrastructure.Settings.QrAiSettings.Read([
                new("test", new Dictionary<string, string> { ["BACKUP_DIRECTORY"] = Folder }),
            ])
            .Backups;

    private Task<QrAiHost> StartAsync(TimeProvider clock) =>
        QrAiHost.StartAsync(
            Url,
            provider: null,
            new() { ["BACKUP_DIRECTORY"] = Folder },
            services => services.AddSingleton(clock)
        );

    internal static async Task<HealthCheckBody> CheckAsync(QrAiHost qrai)
    {
        using var response = await qrai.GetAsync("/health");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonSerializer.Deserialize<HealthBody>(await response.Content.ReadAsStringAsync(), Wire.Json)!.Checks[
            "backups"
        ];
    }
}
