namespace QrAi.WebApi.Errors;

/// <summary>A request took longer than it may, and was given up.</summary>
internal sealed class RequestTooLongException() : Exception("The request took too long, and was given up.");
