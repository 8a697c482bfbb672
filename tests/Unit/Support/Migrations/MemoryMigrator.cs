using System.Runtime.CompilerServices;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;

namespace QrAi.Tests.Unit.Support.Migrations;

/// <summary>A database in memory that only has migrations.</summary>
internal sealed class MemoryMigrator(params MigrationDto[] migrations) : IDatabaseMigrator
{
    private readonly List<MigrationDto> _migrations = [.. migrations];

    /// <summary>The number of calls.</summary>
    public int Calls { get; private set; }

    /// <summary>The migrations that are applied.</summary>
    public IEnumerable<string> Applied =>
        _migrations.Where(one => one.State == MigrationState.Applied).Select(one => one.Name);

    /// <summary>Why the database is unusable; null if it is usable.</summary>
    public string? Fault { get; init; }

    public Task RequireUsableAsync(CancellationToken cancellationToken) =>
        Fault is null ? Task.CompletedTask : Task.FromException(new DatabaseUnusableException(Fault));

    public Task<IReadOnlyList<MigrationDto>> ListAsync(CancellationToken cancellationToken)
    {
        Calls++;
        return Task.FromResult<IReadOnlyList<MigrationDto>>([.. _migrations]);
    }

    public async IAsyncEnumerable<MigrationStep> MigrateAsync(
        string? target,
        bool mayRevert,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Calls++;
        var steps = MigrationPlan.Steps(_migrations, target);
        if (!mayRevert && steps.Any(step => step.Direction == MigrationDirection.Down))
            throw new InvalidRequestException("to", "lies backwards");
        foreach (var step in steps)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            var state = step.Direction == MigrationDirection.Up ? MigrationState.Applied : MigrationState.Pending;
            _migrations[_migrations.FindIndex(one => one.Name == step.Migration)] = new(step.Migration, state);
            yield return step;
        }
    }

    public Task<string> ScriptAsync(string? target, CancellationToken cancellationToken)
    {
        Calls++;
        return Task.FromResult($"-- to {MigrationPlan.Resolve(_migrations, target)}");
    }
}
