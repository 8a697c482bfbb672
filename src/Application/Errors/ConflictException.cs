namespace QrAi.Application.Errors;

/// <summary>What a request was to change was changed by others each time that it was tried; nothing of it was done.</summary>
/// <param name="cause">The last conflict.</param>
public sealed class ConflictException(Exception cause)
    : Exception("It was changed by other requests too often meanwhile; try again.", cause);
