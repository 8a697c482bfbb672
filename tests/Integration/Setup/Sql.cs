using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Setup;

/// <summary>A separate connection to a database, to inspect or lock it.</summary>
public sealed class Sql : IAsyncDisposable
{
    private readonly DbConnection _connection;

    public Sql(DbConnection connection) => _connection = connection;

    public static async Task<Sql> OpenAsync(string url)
    {
        const string Sqlite = "sqlite://";
        DbConnection connection = url.StartsWith(Sqlite, StringComparison.Ordinal)
            ? new SqliteConnection($"Data Source={url[Sqlite.Length..]};Pooling=false")
            : new NpgsqlConnection(PostgresUrl.ToConnectionString(url) + ";Pooling=false;Application Name=qrai-test");
        await connection.OpenAsync();
        return new Sql(connection);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> NumberAsync(string sql)
    {
        await using var command = CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task<string> TextAsync(string sql) => string.Join('\n', await LinesAsync(sql));

    /// <summary>Returns the last column of each row, as text.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(string sql)
    {
        await using var command = CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetValue(reader.FieldCount - 1).ToString()!);
        return lines;
    }

    /// <summary>Returns the number of sessions and messages.</summary>
    public async Task<(long Sessions, long Messages)> CountsAsync() =>
        (await NumberAsync("SELECT count(*) FROM sessions"), await NumberAsync("SELECT count(*) FROM messages"));

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private DbCommand CreateCommand(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // the statements are constants of the tests
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
