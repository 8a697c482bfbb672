namespace QrAi.Infrastructure.Settings;

/// <summary>The settings of the GraphQL endpoint.</summary>
public sealed record GraphQlOptions
{
    /// <summary>Whether callers may read the schema by introspection.</summary>
    public required bool Introspection { get; init; }

    internal static GraphQlOptions Read(SettingsReader settings, DeploymentEnvironment environment) =>
        new()
        {
            Introspection = settings.Boolean("GRAPHQL_INTROSPECTION", environment != DeploymentEnvironment.Production),
        };
}
