namespace QrAi.Infrastructure.Settings;

/// <summary>The environment of the service, which determines defaults.</summary>
public enum DeploymentEnvironment
{
    /// <summary>A developer's machine.</summary>
    Development,

    /// <summary>An automated test.</summary>
    Test,

    /// <summary>A deployment with real users.</summary>
    Production,
}

/// <summary>The environment of the service, and the time limits of its process.</summary>
public sealed record EnvironmentOptions
{
    /// <summary>The environment of the service.</summary>
    public required DeploymentEnvironment Environment { get; init; }

    /// <summary>How long running answers may continue after the service is asked to stop: 0–3,600 s.</summary>
    public required TimeSpan ShutdownTime { get; init; }

    /// <summary>How long a process may be silent before other processes take over its work: 3–120 s.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>AutoMapper's licence key; null if there is none.</summary>
    public string? AutoMapperLicenceKey { get; init; }

    /// <summary>Returns the setting that names the environment, and its value.</summary>
    internal static (string Setting, string? Name) NameOf(SettingsReader settings)
    {
        const string Own = "ENVIRONMENT";
        const string Framework = "ASPNETCORE_ENVIRONMENT";
        var (own, framework) = (settings.Find(Own), settings.Find(Framework));
        return own is not null ? (Own, own) : (Framework, framework?.ToLowerInvariant());
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
