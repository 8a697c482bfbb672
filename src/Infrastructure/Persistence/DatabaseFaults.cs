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

    /// <summary>What was seen, without addresses, users or statements.</summary>
    public abstract string Describe(Exception exception);

    /// <summary>What an operator may do about it, in a sentence.</summary>
    public abstract string Advise(Exception exception);

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
