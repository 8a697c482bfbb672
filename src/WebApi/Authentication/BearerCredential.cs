using System.Net.Http.Headers;
using QrAi.Domain.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>The credential of a request, <c>Authorization: Bearer …</c> (RFC 6750).</summary>
internal static class BearerCredential
{
    private const string Scheme = "Bearer";

    /// <summary>Reads the credential; null where there is none, or one of another kind.</summary>
    public static string? Read(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && header.Scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;

    /// <summary>Whether a request brings an API key, or what was meant as one; no token begins as keys do.</summary>
    public static bool IsApiKey(HttpRequest request) =>
        Read(request)?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true;
}
