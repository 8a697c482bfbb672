namespace QrAi.Domain.Callers;

/// <summary>An entity of an owner that all owners can read if it is shared.</summary>
public interface ISharable : IOwned
{
    /// <summary>Whether all owners can read the entity.</summary>
    bool IsShared { get; }
}
