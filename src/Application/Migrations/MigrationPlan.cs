using QrAi.Application.Errors;

namespace QrAi.Application.Migrations;

/// <summary>Plans the steps from the current state of a database to a migration.</summary>
public static class MigrationPlan
{
    /// <summary>The target before the first migration: an empty schema.</summary>
    public const string Nothing = "0";

    /// <summary>Returns the steps to a migration, in order: first those that revert, then those that apply.</summary>
    /// <param name="migrations">All migrations, in order.</param>
    /// <param name="target">The target migration, or <see cref="Nothing"/>; null for the last one.</param>
    /// <exception cref="InvalidRequestException">If the target does not exist.</exception>
    /// <exception cref="SchemaNewerException">If the database has migrations that the program does not know.</exception>
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

    /// <summary>Returns the full name of a migration.</summary>
    /// <param name="migrations">All migrations.</param>
    /// <param name="target">The name, with or without the time, or <see cref="Nothing"/>; null for the last one.</param>
    /// <exception cref="InvalidRequestException">If the migration does not exist.</exception>
    public static string Resolve(IReadOnlyList<MigrationDto> migrations, string? target) =>
        Position(migrations, target) is >= 0 and var position ? migrations[position].Name : Nothing;

    /// <summary>Rejects a database with the schema of a newer program.</summary>
    /// <param name="migrations">All migrations.</param>
    /// <exception cref="SchemaNewerException">If the database has migrations that the program does not know.</exception>
    public static void ThrowIfNewer(IReadOnlyList<MigrationDto> migrations)
    {
        var unknown = migrations.Where(migration => migration.State == MigrationState.Unknown).ToList();
        if (unknown.Count > 0)
            throw new SchemaNewerException([.. unknown.Select(migration => migration.Name)]);
    }

    /// <summary>Returns a sentence that names the pending migrations; null if there are none.</summary>
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
            if (HasName(migrations[position].Name, target))
                return position;

        throw new InvalidRequestException(
            "to",
            $"must be {Nothing} or one of {string.Join(", ", migrations.Select(migration => migration.Name))}"
        );
    }

    private static bool HasName(string name, string target) =>
        name.Equals(target, StringComparison.OrdinalIgnoreCase)
        || name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..].Equals(target, StringComparison.OrdinalIgnoreCase);
}
