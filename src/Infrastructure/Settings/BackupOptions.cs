using System.Text.RegularExpressions;
using Cronos;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Settings;

/// <summary>Where backups are stored, and their schedule and retention.</summary>
public sealed partial record BackupOptions
{
    /// <summary>The folder, relative to the working directory or absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>The blob container; null if only the folder is used.</summary>
    public BlobContainerAddress? Container { get; init; }

    /// <summary>The times at which backups are created, in UTC.</summary>
    public required CronExpression Schedule { get; init; }

    /// <summary>How many backups are retained.</summary>
    public required BackupRetention Retention { get; init; }

    /// <summary>Whether any of these settings is set, so that backups are expected to exist.</summary>
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
            settings.Report(DirectoryName, "must be a folder, not a file");

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
            // Without the connection string, backups would silently be stored in the folder only.
            if (
                connectionString is null
                && settings.IsVaultUnreadable
                && (settings.IsWithheld(connectionStringName) || settings.Find(containerName) is not null)
            )
                settings.ReportMissing(connectionStringName, "must be set");
            return connectionString is null ? null : new BlobContainerAddress(null, connectionString, name);
        }

        // The address is not shown: its query may contain a signature, which is a secret.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.AbsolutePath.Trim('/').Length == 0)
            settings.Report(
                urlName,
                "must be the address of a container, like https://account.blob.core.windows.net/name"
            );
        else if (settings.ReportClearText(urlName, url))
            return null;
        else if (url.Query.Length > 0 || url.UserInfo.Length > 0)
            settings.Report(urlName, "must have no query and no user: access uses Azure's default credential");
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

/// <summary>A blob container, accessed with Azure's default credential or a connection string.</summary>
/// <param name="Url">The container's address; null if there is a connection string.</param>
/// <param name="ConnectionString">The account with its key, a secret; null if there is an address.</param>
/// <param name="Name">The container's name.</param>
public sealed record BlobContainerAddress(Uri? Url, string? ConnectionString, string Name)
{
    /// <summary>Returns the address or the container's name, without the key.</summary>
    public override string ToString() => Url?.ToString() ?? $"container {Name}";
}
