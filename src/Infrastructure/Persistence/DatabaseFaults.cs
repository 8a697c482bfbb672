using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Classifies and describes the exceptions of a database driver.</summary>
internal abstract class DatabaseFaults
{
    /// <summary>Whether an exception means that the database is unavailable.</summary>
    public abstract bool IsUnavailability(Exception exception);

    /// <summary>
    /// Whether an immediate retry may succeed. A timeout (of connecting, of the pool, of a command) is not retryable, as the
    /// caller has already waited for the time limit.
    /// </summary>
    public abstract bool IsRetryable(Exception exception);

    /// <summary>Returns the fault that an exception means.</summary>
    public abstract DatabaseFault Explain(Exception exception);

    /// <summary>Converts an exception of the driver to one of the application.</summary>
    public DatabaseUnavailableException Translate(Exception exception) => Explain(exception).ToException(exception);

    /// <summary>Describes an exception without addresses, users or statements.</summary>
    public string Describe(Exception exception) => Explain(exception).Problem;

    /// <summary>The action for the operator after a timeout.</summary>
    public const string TimeoutAdvice =
        "Check that it is up and this machine can connect to it, or raise DATABASE_TIMEOUT_SECONDS.";

    /// <summary>Returns an exception and its inner exceptions.</summary>
    protected static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            yield return exception;
    }
}

/// <summary>A fault that prevents the service from using a database.</summary>
/// <param name="Problem">The problem; a sentence without addresses, users or statements.</param>
/// <param name="Next">The action for the operator; a sentence.</param>
/// <param name="IsPermanent">Whether it remains until the deployment is changed, so that waiting does not help.</param>
internal sealed record DatabaseFault(string Problem, string Next, bool IsPermanent = false)
{
    /// <summary>Converts the fault to an exception of the application; that of a permanent fault includes the action.</summary>
    /// <param name="cause">The driver's exception; null if there is none.</param>
    public DatabaseUnavailableException ToException(Exception? cause = null) =>
        IsPermanent
            ? new DatabaseUnusableException($"{Problem} {Next}", cause)
            : new DatabaseUnavailableException(Problem, cause);
}
