namespace QrAi.Application.Work;

/// <summary>The options of durable work.</summary>
/// <param name="Lease">The time without a heartbeat after which a worker is dead, 3–120 s.</param>
public sealed record WorkOptions(TimeSpan Lease);
