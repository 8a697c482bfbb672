using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.Persistence;

public sealed class ConflictRetryTests
{
    private readonly MemoryDatabase _database = new();
    private readonly List<IQrAiDbContext> _attempts = [];

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(4)]
    public async Task A_change_with_conflicts_is_retried_with_a_new_unit_of_work(int conflicts)
    {
        var attempts = await ConflictRetry.RunAsync(
            _database.CreateForService,
            database => AttemptAsync(database, conflicts: conflicts)
        );

        attempts.ShouldBe(conflicts + 1);
        _attempts.ShouldBeUnique();
    }

    [Test]
    public async Task A_change_with_five_conflicts_is_given_up()
    {
        await Should.ThrowAsync<ConflictException>(() =>
            ConflictRetry.RunAsync(_database.CreateForService, database => AttemptAsync(database, conflicts: 5))
        );

        _attempts.Count.ShouldBe(5);
    }

    [Test]
    public async Task An_exception_other_than_a_conflict_is_not_retried()
    {
        await Should.ThrowAsync<InvalidOperationException>(() =>
            ConflictRetry.RunAsync<int>(
                _database.CreateForService,
                database =>
                {
                    _attempts.Add(database);
                    throw new InvalidOperationException();
                }
            )
        );

        _attempts.Count.ShouldBe(1);
    }

    private Task<int> AttemptAsync(IQrAiDbContext database, int conflicts)
    {
        _attempts.Add(database);
        return _attempts.Count > conflicts
            ? Task.FromResult(_attempts.Count)
            : Task.FromException<int>(new DbUpdateConcurrencyException());
    }
}
