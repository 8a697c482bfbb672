namespace QrAi.Application.Callers;

/// <summary>The owner on whose behalf the requests of a scope run. It is set once, before the first request.</summary>
public sealed class CurrentCaller
{
    private string? _owner;

    /// <summary>The owner.</summary>
    /// <exception cref="InvalidOperationException">If the owner is not set.</exception>
    public string Owner => _owner ?? throw new InvalidOperationException("The owner of the scope is not set.");

    /// <summary>Sets the owner.</summary>
    /// <param name="owner">The owner.</param>
    /// <exception cref="InvalidOperationException">If another owner is set.</exception>
    public void Identify(string owner)
    {
        if (_owner is not null && _owner != owner)
            throw new InvalidOperationException("The scope has another owner.");
        _owner = owner;
    }
}
