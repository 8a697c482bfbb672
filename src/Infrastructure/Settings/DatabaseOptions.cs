namespace QrAi.Infrastructure.Settings;

/// <summary>The database and its connections.</summary>
public sealed record DatabaseOptions
{
    /// <summary>The setting with the database's address, which contains the password.</summary>
    public const string UrlName = "DATABASE_URL";

    /// <summary>The setting with the kind of pooler.</summary>
    public const string PoolerName = "DATABASE_POOLER";

    /// <summary>The address of the database.</summary>
    public required DatabaseAddress Address { get; init; }

    /// <summary>The number of connections that are kept open: 1–500.</summary>
    public required int PoolSize { get; init; }

    /// <summary>The number of additional connections under load: 0–500.</summary>
    public required int MaxOverflow { get; init; }

    /// <summary>The time limit for connecting, for waiting for a free connection, and for a statement: 1–60 s.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether the start applies pending migrations, or waits until they have been applied.</summary>
    public required bool MigrateOnStart { get; init; }

    /// <summary>The pooler between the service and the server.</summary>
    public DatabasePooler Pooler { get; init; }

    internal static DatabaseOptions Read(SettingsReader settings, DeploymentEnvironment environment)
    {
        var inProduction = environment == DeploymentEnvironment.Production;
        DatabaseAddress address = SqliteAddress.Default;
        if (settings.Find(UrlName) is { } url)
        {
            if (!DatabaseAddress.TryParse(url, out var parsed, out var problem))
                settings.Report(UrlName, problem);
            else if (inProduction && parsed is SqliteAddress)
                settings.Report(UrlName, "must be a postgresql:// address in production");
            else
                address = parsed;
        }
        else if (inProduction || settings.IsVaultUnreadable)
            settings.ReportMissing(UrlName, "must be set in production: postgresql://user:password@host[:port]/name");

        return new DatabaseOptions
        {
            Address = address,
            PoolSize = settings.WholeNumber("DATABASE_POOL_SIZE", 10, 1, 500),
            MaxOverflow = settings.WholeNumber("DATABASE_MAX_OVERFLOW", 20, 0, 500),
            Timeout = settings.Seconds("DATABASE_TIMEOUT_SECONDS", 5, 1, 60),
            MigrateOnStart = settings.Boolean("DATABASE_MIGRATE_ON_START", !inProduction),
            Pooler = settings.OneOf(PoolerName, DatabasePooler.None, Poolers),
        };
    }

    private static Dictionary<string, DatabasePooler> Poolers { get; } =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["none"] = DatabasePooler.None,
            ["transaction"] = DatabasePooler.Transaction,
        };
}

/// <summary>A connection pooler between the service and a PostgreSQL server, such as PgBouncer.</summary>
public enum DatabasePooler
{
    /// <summary>No pooler, or one in session mode.</summary>
    None,

    /// <summary>A pooler in transaction mode: session state does not outlive a transaction.</summary>
    Transaction,
}
