using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Applies the settings that SQLite does not persist: the busy timeout of writers, and foreign keys. Write-ahead logging, which
/// allows reads during a write, is persistent; setting it again costs nothing.
/// </summary>
/// <param name="busyTimeout">The maximum wait for another writer.</param>
[SuppressMessage("Security", "CA2100", Justification = "A constant that contains a number.")]
internal sealed class SqliteConnectionSettings(TimeSpan busyTimeout) : DbConnectionInterceptor
{
    private readonly string _pragmas =
        $"PRAGMA busy_timeout={busyTimeout.TotalMilliseconds:0};PRAGMA journal_mode=WAL;PRAGMA foreign_keys=ON;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = _pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = _pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
