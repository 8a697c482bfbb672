namespace QrAi.Application.Errors;

/// <summary>Thrown when a resource does not exist, or belongs to another owner.</summary>
/// <param name="what">The kind of the resource, such as <c>session</c>.</param>
/// <param name="id">The id of the resource.</param>
public sealed class NotFoundException(string what, Guid id) : Exception($"There is no {what} {id}.");
