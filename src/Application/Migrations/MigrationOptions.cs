namespace QrAi.Application.Migrations;

/// <summary>The options of migrations.</summary>
/// <param name="OnStart">Whether the service and the verbs apply pending migrations themselves.</param>
public sealed record MigrationOptions(bool OnStart);
