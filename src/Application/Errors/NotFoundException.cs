namespace QrAi.Application.Errors;

/// <summary>What was asked for does not exist, or not for this caller.</summary>
/// <param name="what">A session, an answer.</param>
/// <param name="id">Its id.</param>
public sealed class NotFoundException(string what, Guid id) : Exception($"There is no {what} {id}.");
