namespace QrAi.Domain.Callers;

/// <summary>What belongs to an owner, and is seen by this owner alone: every query of it is filtered by the owner.</summary>
public interface IOwned
{
    /// <summary>The owner, 1–500 characters.</summary>
    string Owner { get; }
}
