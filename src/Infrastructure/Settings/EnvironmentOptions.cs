namespace QrAi.Infrastructure.Settings;

/// <summary>Where the service runs, which decides what it does by default.</summary>
public enum DeploymentEnvironment
{
    /// <summary>On a developer's machine.</summary>
    Development,

    /// <summary>In a test.</summary>
    Test,

    /// <summary>Before real users.</summary>
    Production,
}

/// <summary>Where and for how long the service runs.</summary>
public sealed record EnvironmentOptions
{
    /// <summary>Where the service runs.</summary>
    public required DeploymentEnvironment Environment { get; init; }

    /// <summary>How long running answers may go on when the service is told to stop.</summary>
    public required TimeSpan ShutdownTime { get; init; }

    /// <summary>How long a process may be silent before others take its work over: 3–120 s.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>AutoMapper's licence key, if there is one.</summary>
    public string? AutoMapperLicenceKey { get; init; }

    /// <summary>The environment as somebody wrote it, and in which setting.</summary>
    internal static (string Setting, string? Name) NameOf(SettingsReader settings)
    {
        const string Ours = "ENVIRONMENT";
        const string Frameworks = "ASPNETCORE_ENVIRONMENT";
        var (ours, frameworks) = (settings.Find(Ours), settings.Find(Frameworks));
        return ours is not null ? (Ours, ours) : (Frameworks, frameworks?.ToLowerInvariant());
    }

    internal static EnvironmentOptions Read(SettingsReader settings)
    {
        var environment = DeploymentEnvironment.Development;
        var (setting, name) = NameOf(settings);
        if (name is not null && !Names.TryGetValue(name, out environment))
            settings.Report(setting, $"must be one of {string.Join(", ", Names.Keys)}, not '{name}'");
        return new EnvironmentOptions
        {
            Environment = environment,
            ShutdownTime = settings.Seconds("SHUTDOWN_SECONDS", 25, 0, 3_600),
            Lease = settings.Seconds("LEASE_SECONDS", 10, 3, 120),
            AutoMapperLicenceKey = settings.Find("AUTOMAPPER_LICENSE_KEY"),
        };
    }

    private static Dictionary<string, DeploymentEnvironment> Names { get; } =
        new()
        {
            ["development"] = DeploymentEnvironment.Development,
            ["test"] = DeploymentEnvironment.Test,
            ["production"] = DeploymentEnvironment.Production,
        };
}
