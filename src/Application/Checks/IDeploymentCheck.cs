namespace QrAi.Application.Checks;

/// <summary>Looks whether something outside the program is as the service needs it, and changes nothing there.</summary>
public interface IDeploymentCheck
{
    /// <summary>One of <see cref="CheckNames"/>.</summary>
    string Name { get; }

    /// <summary>Whether somebody has set up what is checked. If not, it is checked only when it is asked for by its name.</summary>
    bool IsConfigured { get; }

    /// <summary>Checks, within a time limit of its own. What goes wrong outside is an outcome, not an exception.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    Task<CheckOutcome> RunAsync(CancellationToken cancellationToken);
}
