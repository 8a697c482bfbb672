namespace QrAi.Application.Errors;

/// <summary>Thrown when the database is unreachable, has no free connection, or is not ready. The error is transient.</summary>
/// <param name="reason">The reason, without secrets.</param>
/// <param name="cause">The exception of the driver, if any.</param>
public class DatabaseUnavailableException(string reason, Exception? cause = null) : Exception(reason, cause);
