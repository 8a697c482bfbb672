namespace QrAi.Application.Errors;

/// <summary>Thrown when a request is invalid. Nothing was changed.</summary>
/// <param name="errors">The broken rules by field, in the spelling of the caller.</param>
public sealed class InvalidRequestException(IReadOnlyDictionary<string, string[]> errors)
    : Exception("The request breaks a rule; errors names the fields.")
{
    /// <summary>Creates the exception for one field that breaks one rule.</summary>
    /// <param name="field">The field, in the spelling of the caller.</param>
    /// <param name="rule">The rule, such as <c>must be a number</c>.</param>
    public InvalidRequestException(string field, string rule)
        : this(new Dictionary<string, string[]> { [field] = [rule] }) { }

    /// <summary>The broken rules by field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
