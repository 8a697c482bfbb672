using QrAi.Tests.Testing.Tokens;

namespace QrAi.Tests.Integration.Callers;

/// <summary>The settings of a service that accepts an issuer's tokens.</summary>
internal static class TokenSettings
{
    /// <summary>The required audience of tokens.</summary>
    public const string Audience = "qrai-test";

    /// <summary>Returns the settings.</summary>
    /// <param name="issuer">The accepted issuer.</param>
    /// <param name="ways">The value of <c>AUTHENTICATION</c>.</param>
    public static Dictionary<string, string> Of(LocalIssuer issuer, string ways = "jwt") =>
        new()
        {
            ["AUTHENTICATION"] = ways,
            ["JWT_AUTHORITY"] = issuer.Authority,
            ["JWT_AUDIENCE"] = Audience,
        };
}
