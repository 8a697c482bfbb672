namespace QrAi.Domain.Sessions;

/// <summary>A call of a provider for an answer, or a call that was skipped because the circuit was open.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Outcome">The outcome, such as <c>completed</c>, <c>http_503</c>, <c>broken_off</c>.</param>
/// <param name="Milliseconds">The duration of the call in milliseconds.</param>
public sealed record Attempt(string Provider, string Outcome, long Milliseconds);
