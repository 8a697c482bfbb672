namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Says that a migration does on purpose what could lock or lose data in use. Without it the test that reads the
/// migrations' SQL fails.
/// </summary>
/// <param name="risk">What it does, as that test tells it: <c>messages.model: the column is dropped</c>.</param>
/// <param name="reason">Why that is right here, for whoever reads the migration.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AcceptedRiskAttribute(string risk, string reason) : Attribute
{
    /// <summary>What it does.</summary>
    public string Risk { get; } = risk;

    /// <summary>Why that is right here.</summary>
    public string Reason { get; } = reason;
}
