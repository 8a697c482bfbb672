namespace QrAi.Application.Migrations;

/// <summary>A migration, and where it stands in the database.</summary>
/// <param name="Name">Its whole name, which begins with the time that it was made: <c>20261124022438_Initial</c>.</param>
/// <param name="State">Where it stands.</param>
public sealed record MigrationDto(string Name, MigrationState State);

/// <summary>Where a migration stands.</summary>
public enum MigrationState
{
    /// <summary>The database has it.</summary>
    Applied,

    /// <summary>The program has it, and the database has not.</summary>
    Pending,

    /// <summary>The database has it, and the program has not: a newer one made it.</summary>
    Unknown,
}

/// <summary>One migration, applied or reverted.</summary>
/// <param name="Migration">Its whole name.</param>
/// <param name="Direction">Which of the two.</param>
public sealed record MigrationStep(string Migration, MigrationDirection Direction);

/// <summary>Whether a migration is applied or reverted.</summary>
public enum MigrationDirection
{
    /// <summary>Applied.</summary>
    Up,

    /// <summary>Reverted.</summary>
    Down,
}
