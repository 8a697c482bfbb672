using QrAi.Tests.Testing.Tokens;

namespace QrAi.Tests.Integration.Callers;

/// <summary>The settings of a service that accepts an issuer's tokens.</summary>
internal static class TokenSettings
{
    /// <summary>The audience that tokens have to be for.</summary>
    public const string Audience = "qrai-test";

    /// <summary>The settings.</summary>
    /// <param name="issuer">Whose tokens are accepted.</param>
    /// <param name="ways">What else is, as <c>AUTHENTICATION</c> has it.</param>
    public static Dictionary<string, string> Of(LocalIssuer issuer, string ways = "jwt") =>
        new()
        {
            ["AUTHENTICATION"] = ways,
            ["JWT_AUTHORITY"] = issuer.Authority,
            ["JWT_AUDIENCE"] = Audience,
        };
}
