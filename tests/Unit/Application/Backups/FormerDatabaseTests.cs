using QrAi.Application.Backups;
using QrAi.Tests.Unit.Support.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

/// <summary>Over a retention of one day.</summary>
public sealed class FormerDatabaseTests : IDisposable
{
    private readonly BackupService _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task What_a_restore_has_left_is_listed_with_the_time_from_which_it_may_go()
    {
        var noted = Leave("noted", TimeSpan.FromHours(3));
        var unknown = Leave("unknown", null);

        (await _service.Sender.Send(new ListFormerDatabases())).ShouldBe([
            new RetainedDatabase(noted, noted.ReplacedAt + TimeSpan.FromDays(1)),
            new RetainedDatabase(unknown, null),
        ]);
    }

    [Test]
    public async Task It_is_dropped_when_its_day_has_passed_and_not_a_moment_earlier()
    {
        Leave("former", TimeSpan.Zero);

        _service.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        (await DropAsync()).ShouldBeEmpty();
        _service.Clock.Advance(TimeSpan.FromTicks(1));
        (await DropAsync()).ShouldBe(["former"]);
        _service.Own.Former.ShouldBeEmpty();
    }

    [Test]
    public async Task What_somebody_uses_or_nobody_knows_the_age_of_stays()
    {
        var used = Leave("used", TimeSpan.FromDays(9), isUsed: true);
        var unknown = Leave("unknown", null);

        (await DropAsync()).ShouldBeEmpty();

        _service.Own.Former.Keys.ShouldBe([used, unknown]);
    }

    private Task<IReadOnlyList<string>> DropAsync() => _service.Sender.Send(new DropFormerDatabases());

    private FormerDatabase Leave(string name, TimeSpan? age, bool isUsed = false)
    {
        var former = new FormerDatabase(name, _service.Clock.GetUtcNow() - age);
        _service.Own.Former[former] = isUsed;
        return former;
    }
}
