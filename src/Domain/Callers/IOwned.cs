namespace QrAi.Domain.Callers;

/// <summary>An entity that only its owner can access: every query of it is filtered by the owner.</summary>
public interface IOwned
{
    /// <summary>The owner, 1–500 characters.</summary>
    string Owner { get; }
}
