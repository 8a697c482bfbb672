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

    /// <summary>The key of a provider that had one at the start.</summary>
    public string ApiKeyOf(string provider) => _current.Llm.OptionsOf(provider).ApiKey;

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
        var llm = current.Llm;
        if (Takes(LlmOptions.OpenRouterKey, llm.OpenRouter?.ApiKey, read.Llm.OpenRouter?.ApiKey))
            llm = llm with { OpenRouter = llm.OpenRouter! with { ApiKey = read.Llm.OpenRouter!.ApiKey } };
        if (Takes(LlmOptions.GoogleAiKey, llm.GoogleAi?.ApiKey, read.Llm.GoogleAi?.ApiKey))
            llm = llm with { GoogleAi = llm.GoogleAi! with { ApiKey = read.Llm.GoogleAi!.ApiKey } };
        var database = current.Database;
        if (Takes(DatabaseOptions.UrlName, PasswordOf(current), PasswordOf(read)))
            database = database with { Address = read.Database.Address };
        var backups = current.Backups;
        if (Takes(BackupOptions.ConnectionStringName, StorageOf(current), StorageOf(read)))
            backups = backups with { Container = backups.Container! with { ConnectionString = StorageOf(read) } };
        _current = current with { Llm = llm, Database = database, Backups = backups };
        return changed;

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

    private static DatabaseAddress WithoutPassword(QrAiSettings from) =>
        from.Database.Address is PostgresAddress postgres ? postgres with { Password = "" } : from.Database.Address;

    // A pool without a password stays so: it may have a file with one.
    private static string? PasswordOf(QrAiSettings from) =>
        from.Database.Address is PostgresAddress { Password.Length: > 0 } postgres ? postgres.Password : null;

    private static string? StorageOf(QrAiSettings from) => from.Backups.Container?.ConnectionString;
}
