namespace QrAi.Application.Errors;

/// <summary>Thrown when the schema of the database is older than that of the program.</summary>
/// <param name="pending">A sentence that names the pending migrations.</param>
public sealed class SchemaOlderException(string pending)
    : Exception($"The database is older than this program. {pending} Apply them with the verb migrate.");
