using QrAi.Application.Backups;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Backups.Postgres;
using QrAi.Infrastructure.Backups.Sqlite;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>Creates backup databases from addresses.</summary>
internal sealed class BackupDatabases(DatabaseOptions options, SecretProvider secrets) : IBackupDatabases
{
    public IBackupDatabase Own => Create(secrets.Database);

    public IBackupDatabase At(string url) =>
        DatabaseAddress.TryParse(url, out var address, out var problem)
            ? Create(address)
            : throw new InvalidRequestException("--into", problem);

    private IBackupDatabase Create(DatabaseAddress address) =>
        address is PostgresAddress postgres
            ? new PostgresBackup(postgres, options)
            : new SqliteBackup((SqliteAddress)address, options);
}
