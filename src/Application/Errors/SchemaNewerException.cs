namespace QrAi.Application.Errors;

/// <summary>Thrown when the schema of the database is newer than that of the program.</summary>
/// <param name="unknown">The applied migrations that the program does not know.</param>
public sealed class SchemaNewerException(IReadOnlyList<string> unknown)
    : Exception(
        $"The database is newer than this program, which does not know its migrations {string.Join(", ", unknown)}. "
            + "Run the version that applied them, or revert them with migrate --to of that version."
    );
