namespace QrAi.Application.Checks;

/// <summary>Checks a requirement of the service outside the program, and changes nothing there.</summary>
public interface IDeploymentCheck
{
    /// <summary>One of <see cref="CheckNames"/>.</summary>
    string Name { get; }

    /// <summary>Whether the checked resource is configured. If not, the check runs only if it is requested by name.</summary>
    bool IsConfigured { get; }

    /// <summary>Runs the check within its own time limit. An external failure is an outcome, not an exception.</summary>
    /// <param name="cancellationToken">Cancels the check.</param>
    Task<CheckOutcome> RunAsync(CancellationToken cancellationToken);
}
