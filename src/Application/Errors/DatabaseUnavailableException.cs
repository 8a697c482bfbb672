namespace QrAi.Application.Errors;

/// <summary>The database cannot be reached, has no free connection, or is not ready; trying later may help.</summary>
/// <param name="reason">What was seen, without secrets.</param>
/// <param name="cause">The driver's exception, if there is one.</param>
public class DatabaseUnavailableException(string reason, Exception? cause = null) : Exception(reason, cause);
