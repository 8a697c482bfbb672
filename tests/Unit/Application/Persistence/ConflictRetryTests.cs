using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.Persistence;

public sealed class ConflictRetryTests
{
    private readonly MemoryDatabase _database = new();
    private readonly List<IQrAiDbContext> _rounds = [];

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4)]
    public async Task A_change_that_others_come_before_is_made_after_them_over_a_new_unit_of_work(int others)
    {
        var round = await ConflictRetry.RunAsync(
            _database.CreateForService,
            database => RoundAsync(database, conflicts: others)
        );

        round.ShouldBe(others + 1);
        _rounds.ShouldBeUnique();
    }

    [Test]
    public async Task A_change_that_others_come_before_five_times_is_given_up()
    {
        await Should.ThrowAsync<ConflictException>(() =>
            ConflictRetry.RunAsync(_database.CreateForService, database => RoundAsync(database, conflicts: 5))
        );

        _rounds.Count.ShouldBe(5);
    }

    [Test]
    public async Task A_fault_that_is_no_conflict_is_not_tried_again()
    {
        await Should.ThrowAsync<InvalidOperationException>(() =>
            ConflictRetry.RunAsync<int>(
                _database.CreateForService,
                database =>
                {
                    _rounds.Add(database);
                    throw new InvalidOperationException();
                }
            )
        );

        _rounds.Count.ShouldBe(1);
    }

    private Task<int> RoundAsync(IQrAiDbContext database, int conflicts)
    {
        _rounds.Add(database);
        return _rounds.Count > conflicts
            ? Task.FromResult(_rounds.Count)
            : Task.FromException<int>(new DbUpdateConcurrencyException());
    }
}
