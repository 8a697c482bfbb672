namespace QrAi.Infrastructure.Settings;

/// <summary>How callers authenticate; without any method, authentication is not required.</summary>
public sealed record AuthenticationOptions
{
    private const string Name = "AUTHENTICATION";
    private const string ApiKeyMethod = "api-key";
    private const string JwtMethod = "jwt";

    /// <summary>Whether API keys of this service are accepted.</summary>
    public required bool ApiKeys { get; init; }

    /// <summary>Which JSON web tokens are accepted; null if none are.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Whether authentication is required.</summary>
    public bool IsRequired => ApiKeys || Jwt is not null;

    internal static AuthenticationOptions Read(SettingsReader settings, DeploymentEnvironment environment)
    {
        var inProduction = environment == DeploymentEnvironment.Production;
        var text = settings.Find(Name) ?? (inProduction ? ApiKeyMethod : "none");
        var methods = text.Split(',', StringSplitOptions.TrimEntries);
        if (methods is ["none"])
        {
            methods = [];
            if (inProduction)
                settings.Report(Name, "must be api-key, jwt or api-key,jwt in production");
        }
        else if (methods.Except([ApiKeyMethod, JwtMethod]).Any() || methods.Distinct().Count() < methods.Length)
            settings.Report(Name, $"must be none, api-key, jwt or api-key,jwt, not '{text}'");

        return new AuthenticationOptions
        {
            ApiKeys = methods.Contains(ApiKeyMethod),
            Jwt = JwtOptions.Read(settings, methods.Contains(JwtMethod) ? $"{Name} names jwt" : null, inProduction),
        };
    }
}
