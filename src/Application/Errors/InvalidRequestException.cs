namespace QrAi.Application.Errors;

/// <summary>A request breaks a rule, and nothing was changed.</summary>
/// <param name="errors">The broken rules by field, in the caller's spelling.</param>
public sealed class InvalidRequestException(IReadOnlyDictionary<string, string[]> errors)
    : Exception("The request breaks a rule; errors names the fields.")
{
    /// <summary>One field breaks one rule.</summary>
    /// <param name="field">The field, in the caller's spelling.</param>
    /// <param name="rule">What it has to be.</param>
    public InvalidRequestException(string field, string rule)
        : this(new Dictionary<string, string[]> { [field] = [rule] }) { }

    /// <summary>The broken rules by field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
