namespace QrAi.Application.Callers;

/// <summary>For whom the requests of a scope are made. Whoever opens the scope says it, once, before the first of them.</summary>
public sealed class CurrentCaller
{
    private string? _owner;

    /// <summary>Whose sessions the caller reaches.</summary>
    /// <exception cref="InvalidOperationException">Nobody has said it: then nothing is reached at all.</exception>
    public string Owner => _owner ?? throw new InvalidOperationException("Nobody has said for whom this is.");

    /// <summary>Says for whom it is.</summary>
    /// <param name="owner">The owner.</param>
    /// <exception cref="InvalidOperationException">Somebody else was named before.</exception>
    public void Identify(string owner)
    {
        if (_owner is not null && _owner != owner)
            throw new InvalidOperationException("A scope is one caller's.");
        _owner = owner;
    }
}
