namespace QrAi.Application.Errors;

/// <summary>The database cannot be used as it is set up, and waiting does not help.</summary>
/// <param name="reason">What is wrong and what to do about it, in one line, without secrets.</param>
/// <param name="cause">The driver's exception, if there is one.</param>
public sealed class DatabaseUnusableException(string reason, Exception? cause = null)
    : DatabaseUnavailableException(reason, cause);
