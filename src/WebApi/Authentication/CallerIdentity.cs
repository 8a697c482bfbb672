using System.Security.Claims;
using QrAi.Application.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>The identity of a caller: its owner, its key and its rights, without the claims of its credential.</summary>
internal static class CallerIdentity
{
    private const string OwnerClaim = "owner";
    private const string ShareClaim = "share";
    private const string KeyClaim = "key";
    private const string LimitedClaim = "limited";

    /// <summary>Creates a caller's principal.</summary>
    /// <param name="owner">The owner of the caller's data; null if the credential is valid but names no owner.</param>
    /// <param name="scheme">The scheme that authenticated the caller.</param>
    /// <param name="mayShare">Whether the caller may add and delete documents that all owners can read.</param>
    /// <param name="keyId">The API key of the caller; null for none.</param>
    /// <param name="isLimited">Whether the key has limits.</param>
    public static ClaimsPrincipal Create(
        string? owner,
        string scheme,
        bool mayShare,
        Guid? keyId = null,
        bool isLimited = false
    )
    {
        var identity = new ClaimsIdentity(scheme);
        if (owner is not null)
            identity.AddClaim(new Claim(OwnerClaim, owner));
        if (mayShare)
            identity.AddClaim(new Claim(ShareClaim, ""));
        if (keyId is { } key)
            identity.AddClaim(new Claim(KeyClaim, key.ToString()));
        if (isLimited)
            identity.AddClaim(new Claim(LimitedClaim, ""));
        return new ClaimsPrincipal(identity);
    }

    /// <summary>The owner of a caller's data; null if the principal has none.</summary>
    public static string? FindOwner(this ClaimsPrincipal caller) => caller.FindFirst(OwnerClaim)?.Value;

    /// <summary>Whether a caller may add and delete documents that all owners can read.</summary>
    public static bool MayShare(this ClaimsPrincipal caller) => caller.HasClaim(ShareClaim, "");

    /// <summary>The API key of a caller; null for none.</summary>
    public static Guid? FindKey(this ClaimsPrincipal caller) =>
        caller.FindFirst(KeyClaim) is { Value: var id } ? Guid.Parse(id) : null;

    /// <summary>Whether the key of a caller has limits.</summary>
    public static bool IsLimited(this ClaimsPrincipal caller) => caller.HasClaim(LimitedClaim, "");

    /// <summary>How a caller has authenticated.</summary>
    public static CallerAuthentication Authentication(this ClaimsPrincipal caller) =>
        caller.Identity?.AuthenticationType switch
        {
            AnonymousAuthenticationHandler.SchemeName => CallerAuthentication.None,
            ApiKeyAuthenticationHandler.SchemeName => CallerAuthentication.ApiKey,
            _ => CallerAuthentication.Jwt,
        };
}
