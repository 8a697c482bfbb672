namespace QrAi.Application.Errors;

/// <summary>Thrown when concurrent changes by other requests prevent a change in every attempt. Nothing was changed.</summary>
/// <param name="cause">The last conflict.</param>
public sealed class ConflictException(Exception? cause = null)
    : Exception("Concurrent requests changed the resource in every attempt; try again.", cause);
