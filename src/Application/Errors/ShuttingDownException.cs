namespace QrAi.Application.Errors;

/// <summary>Thrown when the service is shutting down and does not accept new questions.</summary>
public sealed class ShuttingDownException() : Exception("The service is shutting down.");
