using QrAi.Application.Errors;

namespace QrAi.Application.Migrations;

/// <summary>What has to be done to go from where a database is to a migration.</summary>
public static class MigrationPlan
{
    /// <summary>The target before the first migration: an empty schema.</summary>
    public const string Nothing = "0";

    /// <summary>The steps to a migration, in their order: back first, then forth.</summary>
    /// <param name="migrations">All migrations, in their order.</param>
    /// <param name="target">The migration to go to, or <see cref="Nothing"/>; null for the last one.</param>
    /// <exception cref="InvalidRequestException">There is no such migration.</exception>
    /// <exception cref="SchemaNewerException">The database has migrations that the program does not know.</exception>
    public static IReadOnlyList<MigrationStep> Steps(IReadOnlyList<MigrationDto> migrations, string? target)
    {
        ThrowIfNewer(migrations);
        var last = Position(migrations, target);
        return
        [
            .. migrations
                .Skip(last + 1)
                .Where(migration => migration.State == MigrationState.Applied)
                .Reverse()
                .Select(migration => new MigrationStep(migration.Name, MigrationDirection.Down)),
            .. migrations
                .Take(last + 1)
                .Where(migration => migration.State == MigrationState.Pending)
                .Select(migration => new MigrationStep(migration.Name, MigrationDirection.Up)),
        ];
    }

    /// <summary>The whole name of a migration that may be given by the part that people gave it.</summary>
    /// <param name="migrations">All migrations.</param>
    /// <param name="target">The migration, or <see cref="Nothing"/>; null for the last one.</param>
    /// <exception cref="InvalidRequestException">There is no such migration.</exception>
    public static string Resolve(IReadOnlyList<MigrationDto> migrations, string? target) =>
        Position(migrations, target) is >= 0 and var position ? migrations[position].Name : Nothing;

    /// <summary>Refuses a database that belongs to a newer program.</summary>
    /// <param name="migrations">All migrations.</param>
    /// <exception cref="SchemaNewerException">The database has migrations that the program does not know.</exception>
    public static void ThrowIfNewer(IReadOnlyList<MigrationDto> migrations)
    {
        var unknown = migrations.Where(migration => migration.State == MigrationState.Unknown).ToList();
        if (unknown.Count > 0)
            throw new SchemaNewerException([.. unknown.Select(migration => migration.Name)]);
    }

    /// <summary>Says which migrations are pending; null where none is.</summary>
    /// <param name="migrations">All migrations.</param>
    public static string? DescribePending(this IReadOnlyList<MigrationDto> migrations)
    {
        var pending = migrations
            .Where(migration => migration.State == MigrationState.Pending)
            .Select(migration => migration.Name)
            .ToList();
        return pending.Count == 0 ? null : $"Migrations are pending: {string.Join(", ", pending)}.";
    }

    private static int Position(IReadOnlyList<MigrationDto> migrations, string? target)
    {
        if (target is null)
            return migrations.Count - 1;
        if (target == Nothing)
            return -1;
        for (var position = 0; position < migrations.Count; position++)
            if (IsCalled(migrations[position].Name, target))
                return position;

        throw new InvalidRequestException(
            "to",
            $"must be {Nothing} or one of {string.Join(", ", migrations.Select(migration => migration.Name))}"
        );
    }

    private static bool IsCalled(string name, string target) =>
        name.Equals(target, StringComparison.OrdinalIgnoreCase)
        || name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..].Equals(target, StringComparison.OrdinalIgnoreCase);
}
