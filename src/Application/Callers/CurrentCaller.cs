using QrAi.Domain.Usage;

namespace QrAi.Application.Callers;

/// <summary>
/// The owner on whose behalf the requests of a scope run, and the rights of the caller. It is set once, before the first request.
/// </summary>
public sealed class CurrentCaller
{
    private string? _owner;
    private bool _mayShare;

    /// <summary>The API key by which the caller authenticated; null if it used none.</summary>
    public Guid? KeyId { get; private set; }

    /// <summary>The owner.</summary>
    /// <exception cref="InvalidOperationException">If the owner is not set.</exception>
    public string Owner => _owner ?? throw new InvalidOperationException("The owner of the scope is not set.");

    /// <summary>On whose behalf providers are called.</summary>
    /// <exception cref="InvalidOperationException">If the owner is not set.</exception>
    public UsageSubject Usage => new(Owner, KeyId);

    /// <summary>Sets the owner.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="mayShare">Whether the caller may add and delete documents that all owners can read.</param>
    /// <param name="keyId">The API key by which the caller authenticated; null if it used none.</param>
    /// <exception cref="InvalidOperationException">If another owner is set.</exception>
    public void Identify(string owner, bool mayShare = false, Guid? keyId = null)
    {
        if (_owner is not null && _owner != owner)
            throw new InvalidOperationException("The scope has another owner.");
        (_owner, _mayShare, KeyId) = (owner, mayShare, keyId);
    }

    /// <summary>Requires the right to add and delete documents that all owners can read.</summary>
    /// <exception cref="NotPermittedException">If the caller does not have it.</exception>
    public void RequireShare()
    {
        if (!_mayShare)
            throw new NotPermittedException(NotPermittedException.Share);
    }
}
