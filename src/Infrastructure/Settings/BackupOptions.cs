using System.Text.RegularExpressions;
using Cronos;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Settings;

/// <summary>Where backups are kept, when they are made, and how many stay.</summary>
public sealed partial record BackupOptions
{
    /// <summary>The folder; relative to the working directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The blob container; null where the folder alone is used.</summary>
    public BlobContainerAddress? Container { get; init; }

    /// <summary>When backups are made, in UTC.</summary>
    public required CronExpression Schedule { get; init; }

    /// <summary>How many stay.</summary>
    public required BackupRetention Retention { get; init; }

    /// <summary>Whether somebody set any of these, so that a backup is expected to be there.</summary>
    public required bool IsConfigured { get; init; }

    /// <summary>The setting with the storage account and its key.</summary>
    public const string ConnectionStringName = "AZURE_STORAGE_CONNECTION_STRING";

    internal static BackupOptions Read(SettingsReader settings)
    {
        const string DirectoryName = "BACKUP_DIRECTORY";
        const string UrlName = "BACKUP_BLOB_CONTAINER_URL";
        const string ContainerName = "BACKUP_BLOB_CONTAINER";
        const string ScheduleName = "BACKUP_SCHEDULE";
        const string RetentionName = "BACKUP_RETENTION";

        var schedule = settings.Find(ScheduleName) ?? "0 3 * * *";
        if (!CronExpression.TryParse(schedule, out var cron))
            settings.Report(
                ScheduleName,
                $"must be a cron expression of five fields, like 0 3 * * *, not '{schedule}'"
            );
        // From any time on: what occurs once occurs again.
        else if (cron.GetNextOccurrence(DateTime.UnixEpoch) is null)
            settings.Report(ScheduleName, $"must be a cron expression that occurs, not '{schedule}'");
        var retention = BackupRetention.Default;
        if (settings.Find(RetentionName) is { } text && !BackupRetention.TryParse(text, out retention))
            settings.Report(RetentionName, $"{BackupRetention.Rule}, not '{text}'");
        var directory = settings.Find(DirectoryName) ?? "data/backups";
        if (File.Exists(directory))
            settings.Report(DirectoryName, "must be a folder, and it is a file");

        return new BackupOptions
        {
            Directory = directory,
            Container = ReadContainer(settings, UrlName, ConnectionStringName, ContainerName),
            Schedule = cron ?? CronExpression.Daily,
            Retention = retention ?? BackupRetention.Default,
            IsConfigured = new[] { DirectoryName, UrlName, ConnectionStringName, ScheduleName, RetentionName }.Any(
                name => settings.Find(name) is not null
            ),
        };
    }

    private static BlobContainerAddress? ReadContainer(
        SettingsReader settings,
        string urlName,
        string connectionStringName,
        string containerName
    )
    {
        var name = settings.Find(containerName) ?? "qrai-backups";
        if (!NameOfContainer().IsMatch(name))
            settings.Report(
                containerName,
                $"must be 3 to 63 lower-case letters, digits and single hyphens between them, not '{name}'"
            );
        var connectionString = settings.Find(connectionStringName);
        if (connectionString is not null && !IsConnectionString(connectionString))
            settings.Report(
                connectionStringName,
                "must be a storage account's connection string, with AccountName and AccountKey or SharedAccessSignature"
            );

        if (settings.Find(urlName) is not { } text)
        {
            // Backups that went to a container before are not to stay in the folder without a word.
            if (
                connectionString is null
                && settings.IsVaultUnreadable
                && (settings.IsWithheld(connectionStringName) || settings.Find(containerName) is not null)
            )
                settings.ReportMissing(connectionStringName, "must be set");
            return connectionString is null ? null : new BlobContainerAddress(null, connectionString, name);
        }

        // Whatever is in a query may be a signature, which is a secret: the address is not shown.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.AbsolutePath.Trim('/').Length == 0)
            settings.Report(
                urlName,
                "must be the address of a container, like https://account.blob.core.windows.net/name"
            );
        else if (settings.ReportClearText(urlName, url))
            return null;
        else if (url.Query.Length > 0 || url.UserInfo.Length > 0)
            settings.Report(urlName, "must have no query and no user: access is by Azure's default credential");
        else
            return new BlobContainerAddress(url, null, url.AbsolutePath.Trim('/').Split('/')[^1]);
        return null;
    }

    private static bool IsConnectionString(string text)
    {
        var names = text.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)[0].Trim())
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return names.Contains("UseDevelopmentStorage")
            || (names.Contains("AccountName") || names.Contains("BlobEndpoint"))
                && (names.Contains("AccountKey") || names.Contains("SharedAccessSignature"));
    }

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex NameOfContainer();
}

/// <summary>A container for blobs, reached by its address and Azure's default credential, or with a key.</summary>
/// <param name="Url">The container; null where there is a connection string.</param>
/// <param name="ConnectionString">The account with its key, a secret; null where there is an address.</param>
/// <param name="Name">The container's name.</param>
public sealed record BlobContainerAddress(Uri? Url, string? ConnectionString, string Name)
{
    /// <summary>Where, without the key.</summary>
    public override string ToString() => Url?.ToString() ?? $"container {Name}";
}
