namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Declares that a migration deliberately does something that can lock or lose data in use. Without it the test of the
/// migrations' SQL fails.
/// </summary>
/// <param name="risk">The risk as the test reports it: <c>messages.model: the column is dropped</c>.</param>
/// <param name="reason">Why the risk is acceptable.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AcceptedRiskAttribute(string risk, string reason) : Attribute
{
    /// <summary>The risk as the test reports it.</summary>
    public string Risk { get; } = risk;

    /// <summary>Why the risk is acceptable.</summary>
    public string Reason { get; } = reason;
}
