using Moq;
using QrAi.Application.Backups;
using QrAi.Application.Callers;
using QrAi.Application.OwnerData;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.OwnerData;

/// <summary>What is added while an owner is erased. The tables are tested over the databases.</summary>
public sealed class EraseOwnerTests
{
    private readonly TestClock _clock = new();
    private readonly Mock<IOwnedTables> _tables = new();
    private readonly Queue<long> _counts = new();
    private readonly List<string> _done = [];

    [SetUp]
    public void ArrangeTables()
    {
        _tables
            .Setup(tables => tables.CountAsync("alice", It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => [new OwnedRows("sessions", _counts.Dequeue()), new OwnedRows("documents", 0)]);
        _tables
            .Setup(tables => tables.DeleteAsync("alice", It.IsAny<CancellationToken>()))
            .Callback(() => _done.Add("deleted"))
            .Returns(Task.CompletedTask);
    }

    [Test]
    public async Task What_was_added_during_a_pass_is_deleted_by_the_next_one()
    {
        Expect(12, 1, 0);

        var erased = await EraseAsync();

        erased.Before.ShouldBe([new OwnedRows("sessions", 12), new OwnedRows("documents", 0)]);
        erased.Left.ShouldBeEmpty();
        _done.ShouldBe(["deleted", "deleted"]);
    }

    [Test]
    public async Task What_is_added_again_and_again_is_reported()
    {
        Expect(12, 1, 2, 3);

        (await EraseAsync()).Left.ShouldBe([new OwnedRows("sessions", 3)]);
        _done.Count.ShouldBe(3);
    }

    [Test]
    public async Task Nothing_is_deleted_until_every_process_refuses_the_keys()
    {
        Expect(12, 0);
        using var service = new Service();
        await service.Sender.Send(new CreateKey("laptop", "alice", null));
        await service.Sender.Send(new CreateKey("phone", "bob", null));

        var erasing = EraseAsync(service.Database);

        await _clock.NextWaitAsync(wait => wait == ApiKeyCache.Lifetime).Soon();
        (await service.Sender.Send(new ListKeys())).Select(key => key.Owner).ShouldBe(["bob"]);
        _done.ShouldBeEmpty();
        _clock.Advance(ApiKeyCache.Lifetime);
        (await erasing.Soon()).Left.ShouldBeEmpty();
    }

    private void Expect(params long[] counts) => Array.ForEach(counts, _counts.Enqueue);

    private Task<ErasedOwner> EraseAsync(MemoryDatabase? database = null)
    {
        var caller = new CurrentCaller();
        caller.Identify("alice");
        return new EraseOwnerHandler(
            _tables.Object,
            database ?? new MemoryDatabase(),
            caller,
            BackupRetention.Default,
            _clock
        ).Handle(new EraseOwner(), CancellationToken.None);
    }
}
