namespace QrAi.Application.Errors;

/// <summary>Thrown when the configuration of the database makes it unusable. The error is permanent.</summary>
/// <param name="reason">The problem and its solution, in one line, without secrets.</param>
/// <param name="cause">The exception of the driver, if any.</param>
public sealed class DatabaseUnusableException(string reason, Exception? cause = null)
    : DatabaseUnavailableException(reason, cause);
