using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// The secrets in use. They are those of the start until a key vault has others; whoever uses one asks for it each time.
/// All other settings stay as they were at the start.
/// </summary>
/// <param name="atStart">The settings of the start.</param>
internal sealed class LiveSecrets(QrAiSettings atStart)
{
    private volatile QrAiSettings _current = atStart;

    /// <summary>The key of a provider; null if it had none at the start.</summary>
    public string? ApiKeyOf(string provider) => Find(_current, provider)?.ApiKey;

    /// <summary>The service's own database, with its password.</summary>
    public DatabaseAddress Database => _current.Database.Address;

    /// <summary>The storage account with its key; null where the backups' container is not reached by it.</summary>
    public string? StorageConnectionString => _current.Backups.Container?.ConnectionString;

    /// <summary>Takes the secrets of other settings in the place of those in use.</summary>
    /// <param name="read">The settings as they are now.</param>
    /// <param name="mayTake">Whether a setting can be used as it is now.</param>
    /// <returns>The settings whose values have changed.</returns>
    public IReadOnlyList<string> Take(QrAiSettings read, Func<string, bool> mayTake)
    {
        var (current, changed) = (_current, new List<string>());
        var providers = current.Llm.Providers.Select(provider => TakeKey(provider, Find(read, provider.Name))).ToList();
        var database = current.Database;
        if (Takes(DatabaseOptions.UrlName, PasswordOf(current), PasswordOf(read)))
            database = database with { Address = read.Database.Address };
        var backups = current.Backups;
        if (Takes(BackupOptions.ConnectionStringName, StorageOf(current), StorageOf(read)))
            backups = backups with { Container = backups.Container! with { ConnectionString = StorageOf(read) } };
        _current = current with
        {
            Llm = current.Llm with { Providers = providers },
            Database = database,
            Backups = backups,
        };
        return changed;

        LlmProviderOptions TakeKey(LlmProviderOptions used, LlmProviderOptions? now) =>
            Takes(used.Profile.KeySetting, used.ApiKey, now?.ApiKey) ? used with { ApiKey = now!.ApiKey } : used;

        bool Takes(string name, string? used, string? now)
        {
            if (used is null || now is null || used == now || !mayTake(name))
                return false;
            changed.Add(name);
            return true;
        }
    }

    /// <summary>Whether other settings name a database that is not the one in use, or another user of it.</summary>
    public bool IsOtherDatabase(QrAiSettings read) => WithoutPassword(read) != WithoutPassword(_current);

    private static LlmProviderOptions? Find(QrAiSettings from, string provider) =>
        from.Llm.Providers.FirstOrDefault(one => one.Name == provider);

    private static DatabaseAddress WithoutPassword(QrAiSettings from) =>
        from.Database.Address is PostgresAddress postgres ? postgres with { Password = "" } : from.Database.Address;

    // A pool without a password stays so: it may have a file with one.
    private static string? PasswordOf(QrAiSettings from) =>
        from.Database.Address is PostgresAddress { Password.Length: > 0 } postgres ? postgres.Password : null;

    private static string? StorageOf(QrAiSettings from) => from.Backups.Container?.ConnectionString;
}
