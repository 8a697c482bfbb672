namespace QrAi.Application.Work;

/// <summary>How work survives the process that does it.</summary>
/// <param name="Lease">How long a worker may be silent before others take its work over: 3–120 s.</param>
public sealed record WorkOptions(TimeSpan Lease);
