namespace QrAi.Application.Errors;

/// <summary>Thrown when concurrent changes by other requests prevent a change in every attempt. Nothing was changed.</summary>
/// <param name="cause">The last conflict.</param>
public sealed class ConflictException(Exception cause)
    : Exception("It was changed by other requests too often meanwhile; try again.", cause);
