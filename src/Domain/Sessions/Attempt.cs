namespace QrAi.Domain.Sessions;

/// <summary>One call of a provider for an answer, or one that was skipped because its circuit was open.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Outcome">How it ended, such as <c>completed</c>, <c>http_503</c>, <c>broken_off</c>.</param>
/// <param name="Milliseconds">From the call to its end.</param>
public sealed record Attempt(string Provider, string Outcome, long Milliseconds);
