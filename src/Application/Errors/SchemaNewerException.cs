namespace QrAi.Application.Errors;

/// <summary>The database belongs to a newer program, whose rules this one would break.</summary>
/// <param name="unknown">The migrations that the database has and this program has not.</param>
public sealed class SchemaNewerException(IReadOnlyList<string> unknown)
    : Exception(
        $"The database is newer than this program, which does not know its migrations {string.Join(", ", unknown)}. "
            + "Run the version that made them, or let that version go back with migrate --to."
    );
