namespace QrAi.Tests.Integration.Setup;

/// <summary>The databases that QrAi runs on; fixtures of behaviour run on both.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
