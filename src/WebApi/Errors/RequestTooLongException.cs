namespace QrAi.WebApi.Errors;

/// <summary>A request exceeded its time limit and was cancelled.</summary>
internal sealed class RequestTooLongException() : Exception("The request took too long and was cancelled.");
