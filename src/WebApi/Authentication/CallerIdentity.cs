using System.Security.Claims;

namespace QrAi.WebApi.Authentication;

/// <summary>The identity of a caller: its owner, without the claims of its credential.</summary>
internal static class CallerIdentity
{
    private const string OwnerClaim = "owner";

    /// <summary>Creates a caller's principal.</summary>
    /// <param name="owner">The owner of the caller's data; null if the credential is valid but names no owner.</param>
    /// <param name="scheme">The scheme that authenticated the caller.</param>
    public static ClaimsPrincipal Create(string? owner, string scheme) =>
        new(new ClaimsIdentity(owner is null ? [] : [new Claim(OwnerClaim, owner)], scheme));

    /// <summary>The owner of a caller's data; null if the principal has none.</summary>
    public static string? FindOwner(this ClaimsPrincipal caller) => caller.FindFirst(OwnerClaim)?.Value;
}
