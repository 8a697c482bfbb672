using System.Net.Http.Headers;
using QrAi.Domain.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>The credential of a request, <c>Authorization: Bearer …</c> (RFC 6750).</summary>
internal static class BearerCredential
{
    private const string Scheme = "Bearer";

    /// <summary>Reads the credential; null if there is none, or if it has another scheme.</summary>
    public static string? Read(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && header.Scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header.Parameter
            : null;

    /// <summary>Whether the credential has the prefix of API keys, which no token has.</summary>
    public static bool IsApiKey(HttpRequest request) =>
        Read(request)?.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) == true;
}
