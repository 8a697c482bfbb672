namespace QrAi.Application.Checks;

/// <summary>What checks are called, outside as well.</summary>
public static class CheckNames
{
    /// <summary>The settings, and where each comes from.</summary>
    public const string Environment = "environment";

    /// <summary>The database is reached and has this program's schema.</summary>
    public const string Database = "database";

    /// <summary>The key vault is reached and can be read.</summary>
    public const string KeyVault = "keyvault";

    /// <summary>Each provider takes its key.</summary>
    public const string Providers = "providers";

    /// <summary>Backups can be kept where they are to be.</summary>
    public const string Storage = "storage";

    /// <summary>All, in the order in which they are reported.</summary>
    public static IReadOnlyList<string> All { get; } = [Environment, Database, KeyVault, Providers, Storage];
}
