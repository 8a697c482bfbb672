namespace QrAi.Application.Idempotency;

/// <summary>
/// A request that does something once for each idempotency key. Questions that are kept in a session are none of these: the
/// statement that keeps them finds out by itself whether they came before.
/// </summary>
public interface IRepeatable;
