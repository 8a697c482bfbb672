using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence;

/// <summary>What a driver's exceptions mean.</summary>
internal abstract class DatabaseFaults
{
    /// <summary>The database cannot be used at the moment: it is no fault of the request or of the program.</summary>
    public abstract bool IsUnavailability(Exception exception);

    /// <summary>
    /// Trying again at once may help. Never so when a time limit has passed (a connection, a free place in the pool, a
    /// command): the caller has waited long enough already.
    /// </summary>
    public abstract bool IsWorthRepeating(Exception exception);

    /// <summary>What was seen, and what an operator may do about it.</summary>
    public abstract DatabaseFault Explain(Exception exception);

    /// <summary>The same as an exception of the application.</summary>
    public DatabaseUnavailableException Translate(Exception exception) => Explain(exception).ToException(exception);

    /// <summary>What was seen, without addresses, users or statements.</summary>
    public string Describe(Exception exception) => Explain(exception).Problem;

    /// <summary>What an operator may do about a database that says nothing.</summary>
    public const string WhenSilent =
        "See that it is up and this machine may connect to it, or raise DATABASE_TIMEOUT_SECONDS.";

    /// <summary>An exception and everything that caused it.</summary>
    protected static IEnumerable<Exception> Chain(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            yield return exception;
    }
}

/// <summary>What keeps the service from using a database.</summary>
/// <param name="Problem">What was seen; a sentence without addresses, users or statements.</param>
/// <param name="Next">What an operator may do about it; a sentence.</param>
/// <param name="Lasts">Whether it stays until somebody changes the deployment: waiting does not help.</param>
internal sealed record DatabaseFault(string Problem, string Next, bool Lasts = false)
{
    /// <summary>The same as an exception of the application; what waiting does not mend says what to do.</summary>
    /// <param name="cause">The driver's exception, if there is one.</param>
    public DatabaseUnavailableException ToException(Exception? cause = null) =>
        Lasts
            ? new DatabaseUnusableException($"{Problem} {Next}", cause)
            : new DatabaseUnavailableException(Problem, cause);
}
