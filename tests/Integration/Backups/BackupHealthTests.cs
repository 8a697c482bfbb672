using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Backups;

namespace QrAi.Tests.Integration.Backups;

public sealed class BackupHealthTests() : BackupTest(DatabaseKind.Postgres)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Without_configured_backups_the_check_is_healthy()
    {
        await using var qrai = await QrAiHost.StartAsync(Url, provider: null);

        var check = await CheckAsync(qrai);

        check.Status.ShouldBe("healthy");
        check.Detail.ShouldBe("No backups are configured.");
    }

    [Test]
    public async Task With_configured_backups_a_recent_verified_one_is_required()
    {
        var clock = new TestClock();
        await using var qrai = await StartAsync(clock);
        (await CheckAsync(qrai)).ShouldBe(
            new HealthCheckBody("degraded") { Detail = "No backup has been verified yet." }
        );

        var program = Program(clock: clock);
        await CreateAsync(program.Sender);
        clock.Advance(CheckInterval);
        (await CheckAsync(qrai)).Status.ShouldBe("degraded");

        await program.Sender.Send(new VerifyBackup(null));
        clock.Advance(CheckInterval);
        (await CheckAsync(qrai)).ShouldBe(
            new HealthCheckBody("healthy") { Detail = "The last verified backup is 0 h 2 min old." }
        );

        clock.Advance(TimeSpan.FromHours(26));
        (await CheckAsync(qrai)).ShouldBe(
            new HealthCheckBody("degraded") { Detail = "The last verified backup is 26 h 2 min old." }
        );
    }

    [Test]
    public async Task A_degraded_backup_check_does_not_affect_readiness()
    {
        await using var qrai = await StartAsync(new TestClock());

        (await CheckAsync(qrai)).Status.ShouldBe("degraded");

        using var ready = await qrai.GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task An_existing_backup_requires_later_ones()
    {
        var clock = new TestClock();
        await using var qrai = await QrAiHost.StartAsync(
            Url,
            provider: null,
            configure: services =>
                services
                    .AddSingleton<TimeProvider>(clock)
                    // The folder is set, but counts as the default.
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
