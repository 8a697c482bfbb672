using System.Security.Claims;

namespace QrAi.WebApi.Authentication;

/// <summary>What a principal says of a caller: its owner, and nothing that came with its credential.</summary>
internal static class CallerIdentity
{
    private const string OwnerClaim = "owner";

    /// <summary>Makes a caller's principal.</summary>
    /// <param name="owner">Whose data the caller reaches; null where the credential is valid but names nobody.</param>
    /// <param name="scheme">The scheme that authenticated the caller.</param>
    public static ClaimsPrincipal Create(string? owner, string scheme) =>
        new(new ClaimsIdentity(owner is null ? [] : [new Claim(OwnerClaim, owner)], scheme));

    /// <summary>The owner of a caller's data; null where the principal names nobody.</summary>
    public static string? FindOwner(this ClaimsPrincipal caller) => caller.FindFirst(OwnerClaim)?.Value;
}
