namespace QrAi.Infrastructure.Settings;

/// <summary>Which JSON web tokens are accepted.</summary>
/// <param name="Authority">The OpenID Connect issuer, whose discovery document refers to its keys.</param>
/// <param name="Audience">The audience that a token must have.</param>
public sealed record JwtOptions(Uri Authority, string Audience)
{
    private const string ClientName = "OIDC_CLIENT_ID";

    /// <summary>The client of the issuer as which the page signs people in; null if it does not.</summary>
    public string? ClientId { get; private init; }

    /// <summary>The scopes that the page asks for, separated by spaces.</summary>
    public string Scope { get; private init; } = "openid";

    /// <param name="settings">The settings.</param>
    /// <param name="reason">Why the settings are required; null if tokens are not accepted.</param>
    /// <param name="inProduction">Whether the connection to the issuer must be encrypted.</param>
    internal static JwtOptions? Read(SettingsReader settings, string? reason, bool inProduction)
    {
        var authority = ReadAuthority(settings, "JWT_AUTHORITY", reason, inProduction);
        var audience = settings.Find("JWT_AUDIENCE");
        if (audience is null && reason is not null)
            settings.ReportMissing("JWT_AUDIENCE", $"must be set, because {reason}");
        var clientId = settings.Find(ClientName);
        var scope = settings.Find("OIDC_SCOPE") ?? "openid";
        if (reason is null && clientId is not null)
            settings.Report(ClientName, "must be empty, because AUTHENTICATION does not name jwt");
        return reason is null || authority is null || audience is null
            ? null
            : new JwtOptions(authority, audience) { ClientId = clientId, Scope = scope };
    }

    private static Uri? ReadAuthority(SettingsReader settings, string name, string? reason, bool inProduction)
    {
        if (settings.Find(name) is not { } text)
        {
            if (reason is not null)
                settings.ReportMissing(name, $"must be set, because {reason}");
        }
        else if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url.Query.Length + url.Fragment.Length + url.UserInfo.Length > 0
        )
            settings.Report(name, "must be an issuer's absolute http or https address, without query and user");
        else if (!inProduction || !settings.ReportClearText(name, url, " in production"))
            return url;
        return null;
    }
}
