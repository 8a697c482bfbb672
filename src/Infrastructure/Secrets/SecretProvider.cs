using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Provides the current secrets: those of the start, or newer ones of a key vault. Consumers read a secret at each use.
/// All other settings remain those of the start.
/// </summary>
/// <param name="atStart">The settings at the start.</param>
internal sealed class SecretProvider(QrAiSettings atStart)
{
    private volatile QrAiSettings _current = atStart;

    /// <summary>Returns the key of a provider; null if it had none at the start.</summary>
    public string? ApiKeyOf(string provider) => Find(_current, provider)?.ApiKey;

    /// <summary>The service's own database, with its password.</summary>
    public DatabaseAddress Database => _current.Database.Address;

    /// <summary>The storage account with its key; null if the backup container is not accessed by it.</summary>
    public string? StorageConnectionString => _current.Backups.Container?.ConnectionString;

    /// <summary>Replaces the current secrets with those of newer settings.</summary>
    /// <param name="newer">The newer settings.</param>
    /// <param name="isUsable">Whether the newer value of a setting can be used.</param>
    /// <returns>The settings whose values have changed.</returns>
    public IReadOnlyList<string> Update(QrAiSettings newer, Func<string, bool> isUsable)
    {
        var (current, changed) = (_current, new List<string>());
        var providers = current
            .Llm.Providers.Select(provider => UpdateKey(provider, Find(newer, provider.Name)))
            .ToList();
        var embeddings = current.Embeddings;
        if (embeddings.Provider is { } embedder)
            embeddings = embeddings with { Provider = UpdateKey(embedder, Find(newer, embedder.Name)) };
        var database = current.Database;
        if (Changes(DatabaseOptions.UrlName, PasswordOf(current), PasswordOf(newer)))
            database = database with { Address = newer.Database.Address };
        var backups = current.Backups;
        if (Changes(BackupOptions.ConnectionStringName, StorageOf(current), StorageOf(newer)))
            backups = backups with { Container = backups.Container! with { ConnectionString = StorageOf(newer) } };
        _current = current with
        {
            Llm = current.Llm with { Providers = providers },
            Embeddings = embeddings,
            Database = database,
            Backups = backups,
        };
        return changed;

        LlmProviderOptions UpdateKey(LlmProviderOptions used, LlmProviderOptions? newer) =>
            Changes(used.Profile.KeySetting, used.ApiKey, newer?.ApiKey) ? used with { ApiKey = newer!.ApiKey } : used;

        bool Changes(string name, string? used, string? newer)
        {
            if (used is null || newer is null || used == newer || !isUsable(name))
                return false;
            if (!changed.Contains(name)) // a provider may be both one of answers and that of embeddings
                changed.Add(name);
            return true;
        }
    }

    /// <summary>Whether newer settings name another database than the current ones, or another user.</summary>
    public bool IsOtherDatabase(QrAiSettings newer) =>
        WithoutPassword(newer.Database.Address) != WithoutPassword(Database);

    private static LlmProviderOptions? Find(QrAiSettings settings, string provider) =>
        settings.Llm.Providers.FirstOrDefault(one => one.Name == provider)
        ?? (settings.Embeddings.Provider is { } one && one.Name == provider ? one : null);

    private static DatabaseAddress WithoutPassword(DatabaseAddress address) =>
        address is PostgresAddress postgres ? postgres with { Password = "" } : address;

    // A pool without a password never gets one: it may use a password file.
    private static string? PasswordOf(QrAiSettings settings) =>
        settings.Database.Address is PostgresAddress { Password.Length: > 0 } address ? address.Password : null;

    private static string? StorageOf(QrAiSettings settings) => settings.Backups.Container?.ConnectionString;
}
