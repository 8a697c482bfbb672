namespace QrAi.Application.Errors;

/// <summary>The database has not yet been brought to this program's schema.</summary>
/// <param name="pending">A sentence that names the migrations that are pending.</param>
public sealed class SchemaOlderException(string pending)
    : Exception($"The database is older than this program. {pending} Apply them with the verb migrate.");
