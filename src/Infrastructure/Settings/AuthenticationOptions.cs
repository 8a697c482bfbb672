namespace QrAi.Infrastructure.Settings;

/// <summary>How callers prove who they are; with neither way nobody has to.</summary>
public sealed record AuthenticationOptions
{
    private const string Name = "AUTHENTICATION";
    private const string ApiKeyWord = "api-key";
    private const string JwtWord = "jwt";

    /// <summary>Whether an API key of this service is taken.</summary>
    public required bool ApiKeys { get; init; }

    /// <summary>Whose tokens are taken; null where none are.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Whether a caller has to prove who it is.</summary>
    public bool IsRequired => ApiKeys || Jwt is not null;

    internal static AuthenticationOptions Read(SettingsReader settings, DeploymentEnvironment environment)
    {
        var inProduction = environment == DeploymentEnvironment.Production;
        var text = settings.Find(Name) ?? (inProduction ? ApiKeyWord : "none");
        var ways = text.Split(',', StringSplitOptions.TrimEntries);
        if (ways is ["none"])
        {
            ways = [];
            if (inProduction)
                settings.Report(Name, "must be api-key, jwt or api-key,jwt in production");
        }
        else if (ways.Except([ApiKeyWord, JwtWord]).Any() || ways.Distinct().Count() < ways.Length)
            settings.Report(Name, $"must be none, api-key, jwt or api-key,jwt, not '{text}'");

        return new AuthenticationOptions
        {
            ApiKeys = ways.Contains(ApiKeyWord),
            Jwt = JwtOptions.Read(settings, ways.Contains(JwtWord) ? $"{Name} names jwt" : null, inProduction),
        };
    }
}
