namespace QrAi.Application.Checks;

/// <summary>The names of checks, also in the command line and in output.</summary>
public static class CheckNames
{
    /// <summary>The settings are valid; reports the source of each.</summary>
    public const string Environment = "environment";

    /// <summary>The database is reachable, and its schema is that of the program.</summary>
    public const string Database = "database";

    /// <summary>The key vault is reachable and readable.</summary>
    public const string KeyVault = "keyvault";

    /// <summary>Each provider accepts its key.</summary>
    public const string Providers = "providers";

    /// <summary>The storage of backups is writable and readable.</summary>
    public const string Storage = "storage";

    /// <summary>All names, in the order in which the checks are reported.</summary>
    public static IReadOnlyList<string> All { get; } = [Environment, Database, KeyVault, Providers, Storage];
}
