namespace QrAi.Application.Migrations;

/// <summary>A migration and its state in the database.</summary>
/// <param name="Name">The full name, which begins with the time of creation: <c>20261124022438_Initial</c>.</param>
/// <param name="State">The state.</param>
public sealed record MigrationDto(string Name, MigrationState State);

/// <summary>The state of a migration.</summary>
public enum MigrationState
{
    /// <summary>Applied to the database.</summary>
    Applied,

    /// <summary>Not yet applied to the database.</summary>
    Pending,

    /// <summary>Applied to the database by a newer program, and unknown to this one.</summary>
    Unknown,
}

/// <summary>The application or reversion of one migration.</summary>
/// <param name="Migration">The full name of the migration.</param>
/// <param name="Direction">Whether the migration is applied or reverted.</param>
public sealed record MigrationStep(string Migration, MigrationDirection Direction);

/// <summary>Whether a migration is applied or reverted.</summary>
public enum MigrationDirection
{
    /// <summary>Applied.</summary>
    Up,

    /// <summary>Reverted.</summary>
    Down,
}
