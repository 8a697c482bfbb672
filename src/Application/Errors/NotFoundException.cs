namespace QrAi.Application.Errors;

/// <summary>Thrown when a resource does not exist, or belongs to another owner.</summary>
public sealed class NotFoundException : Exception
{
    /// <summary>Creates the exception for a resource.</summary>
    /// <param name="what">The kind of the resource, such as <c>session</c>.</param>
    /// <param name="id">The id of the resource.</param>
    public NotFoundException(string what, Guid id)
        : base($"There is no {what} {id}.") { }

    private NotFoundException(string message)
        : base(message) { }

    /// <summary>Creates the exception for an owner who has nothing.</summary>
    /// <param name="owner">The owner.</param>
    public static NotFoundException OfOwner(string owner) => new($"There is nothing of the owner '{owner}'.");
}
