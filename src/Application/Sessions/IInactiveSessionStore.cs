namespace QrAi.Application.Sessions;

/// <summary>Finds sessions without activity among those of all owners.</summary>
public interface IInactiveSessionStore
{
    /// <summary>Returns the next owner, in the order of their names, who has a session without activity.</summary>
    /// <param name="after">The previous owner; empty for the first one.</param>
    /// <param name="before">The time since which an active session has had activity.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<InactiveOwner> FindOwnerAsync(string after, DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>The result of a search that examines a limited number of owners.</summary>
/// <param name="Last">The last owner that was examined; null if there are no more.</param>
/// <param name="IsInactive">Whether that owner has a session without activity.</param>
public sealed record InactiveOwner(string? Last, bool IsInactive);
