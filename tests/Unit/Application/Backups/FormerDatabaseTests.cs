using QrAi.Application.Backups;
using QrAi.Tests.Unit.Support.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

/// <summary>Former databases, with a retention of one day.</summary>
public sealed class FormerDatabaseTests : IDisposable
{
    private readonly BackupService _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_former_database_is_listed_with_the_time_from_which_it_may_be_dropped()
    {
        var known = Leave("noted", TimeSpan.FromHours(3));
        var unknown = Leave("unknown", null);

        (await _service.Sender.Send(new ListFormerDatabases())).ShouldBe([
            new RetainedDatabase(known, known.ReplacedAt + TimeSpan.FromDays(1)),
            new RetainedDatabase(unknown, null),
        ]);
    }

    [Test]
    public async Task A_former_database_is_dropped_after_one_day_and_not_earlier()
    {
        Leave("former", TimeSpan.Zero);

        _service.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        (await DropAsync()).ShouldBeEmpty();
        _service.Clock.Advance(TimeSpan.FromTicks(1));
        (await DropAsync()).ShouldBe(["former"]);
        _service.Own.Former.ShouldBeEmpty();
    }

    [Test]
    public async Task A_former_database_in_use_or_of_unknown_age_is_retained()
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
