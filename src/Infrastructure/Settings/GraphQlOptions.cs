namespace QrAi.Infrastructure.Settings;

/// <summary>What callers of GraphQL may do.</summary>
public sealed record GraphQlOptions
{
    /// <summary>Whether they may read the schema.</summary>
    public required bool Introspection { get; init; }

    internal static GraphQlOptions Read(SettingsReader settings, DeploymentEnvironment environment) =>
        new()
        {
            Introspection = settings.Boolean("GRAPHQL_INTROSPECTION", environment != DeploymentEnvironment.Production),
        };
}
