using QrAi.Domain.Usage;

namespace QrAi.Application.Callers;

/// <summary>
/// The owner on whose behalf the requests of a scope run, and the rights of the caller. It is set once, before the first request.
/// </summary>
public sealed class CurrentCaller
{
    private string? _owner;

    /// <summary>The API key by which the caller authenticated; null if it used none.</summary>
    public Guid? KeyId { get; private set; }

    /// <summary>The owner.</summary>
    /// <exception cref="InvalidOperationException">If the owner is not set.</exception>
    public string Owner => _owner ?? throw new InvalidOperationException("The owner of the scope is not set.");

    /// <summary>On whose behalf providers are called.</summary>
    /// <exception cref="InvalidOperationException">If the owner is not set.</exception>
    public UsageSubject Usage => new(Owner, KeyId);

    /// <summary>Whether the caller may add and delete documents that all owners can read.</summary>
    public bool MayShare { get; private set; }

    /// <summary>How the caller has authenticated.</summary>
    public CallerAuthentication Authentication { get; private set; }

    /// <summary>Whether the key of the caller has limits.</summary>
    public bool IsLimited { get; private set; }

    /// <summary>Sets the owner.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="mayShare">Whether the caller may add and delete documents that all owners can read.</param>
    /// <param name="authentication">How the caller has authenticated.</param>
    /// <param name="keyId">The API key of the caller; null for none.</param>
    /// <param name="isLimited">Whether the key has limits.</param>
    /// <exception cref="InvalidOperationException">If another owner is set.</exception>
    public void Identify(
        string owner,
        bool mayShare = false,
        CallerAuthentication authentication = CallerAuthentication.None,
        Guid? keyId = null,
        bool isLimited = false
    )
    {
        if (_owner is not null && _owner != owner)
            throw new InvalidOperationException("The scope has another owner.");
        (_owner, MayShare, Authentication, KeyId, IsLimited) = (owner, mayShare, authentication, keyId, isLimited);
    }

    /// <summary>Requires the right to add and delete documents that all owners can read.</summary>
    /// <exception cref="NotPermittedException">If the caller does not have it.</exception>
    public void RequireShare()
    {
        if (!MayShare)
            throw new NotPermittedException(NotPermittedException.Share);
    }
}
