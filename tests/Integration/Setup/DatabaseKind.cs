namespace QrAi.Tests.Integration.Setup;

/// <summary>The supported databases; fixtures of behaviour run on both.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
