namespace QrAi.Application.Errors;

/// <summary>The service is stopping and takes no new questions.</summary>
public sealed class ShuttingDownException() : Exception("The service is shutting down.");
