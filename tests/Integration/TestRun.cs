using System.Globalization;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration;

/// <summary>What all tests share: one PostgreSQL server, and a migrated template of each database to make copies of.</summary>
[SetUpFixture]
public sealed class TestRun
{
    /// <summary>The template that is migrated and empty.</summary>
    public const string Template = "migrated";

    private static readonly string _folder = Directory.CreateTempSubdirectory("qrai-integration-").FullName;
    private static readonly string _sqliteTemplate = Path.Combine(_folder, "template.db");
    private static readonly Watchdog _watchdog = Watchdog.Start(_folder);
    private static PostgresServer? _server;
    private static DatabasePool? _databases;
    private static int _number;

    /// <summary>The run's PostgreSQL server.</summary>
    public static PostgresServer Server => _server!;

    private static DatabasePool Databases => _databases!;

    /// <summary>A SQLite file that is not there yet.</summary>
    public static string NewSqlitePath() => Path.Combine(_folder, $"{Interlocked.Increment(ref _number)}.db");

    /// <summary>A new folder, which goes with the run at the latest.</summary>
    public static string NewFolder() =>
        Directory.CreateDirectory(Path.Combine(_folder, $"{Interlocked.Increment(ref _number)}")).FullName;

    /// <summary>Takes a database for the running test, who is to give it back.</summary>
    public static Task<TestDatabase> RentAsync() => Databases.RentAsync(TestContext.CurrentContext.Test.FullName);

    /// <summary>Makes a SQLite file that is migrated and empty.</summary>
    /// <returns>Its address, for <c>DATABASE_URL</c>.</returns>
    public static string NewSqliteDatabase()
    {
        var path = NewSqlitePath();
        File.Copy(_sqliteTemplate, path);
        return "sqlite://" + path;
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Output.Record();
        _server = await PostgresServer.StartAsync();
        await _server.PrepareTemplateAsync(Template, MigrateAsync);
        _databases = _server.PoolOf(Template);
        await MigrateAsync("sqlite://" + _sqliteTemplate);
        // The template is one file without the log beside it.
        await using var sqlite = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_sqliteTemplate}");
        await sqlite.OpenAsync();
        await using var checkpoint = sqlite.CreateCommand();
        checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await checkpoint.ExecuteNonQueryAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        try
        {
            if (_databases is not null)
            {
                await TestContext.Error.WriteLineAsync(
                    $"PostgreSQL of this run: {Server.Description}, ready in "
                        + $"{Server.ReadyAfter.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s; {_databases.Report}"
                );
                await _databases.DisposeAsync();
            }
        }
        finally
        {
            if (_server is not null)
                await _server.DisposeAsync();
            await _watchdog.DisposeAsync(); // it removes the folder
        }
    }

    private static async Task MigrateAsync(string url)
    {
        // Whoever is ready has migrated.
        await using var qrai = await QrAiHost.StartAsync(url, provider: null);
    }
}
