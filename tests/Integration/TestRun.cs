using System.Globalization;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration;

/// <summary>The shared resources of all tests: a PostgreSQL server, and a template of each database.</summary>
[SetUpFixture]
public sealed class TestRun
{
    /// <summary>The name of the migrated, empty template.</summary>
    public const string Template = "migrated";

    private static readonly string _folder = Directory.CreateTempSubdirectory("qrai-integration-").FullName;
    private static readonly string _sqliteTemplate = Path.Combine(_folder, "template.db");
    private static readonly Watchdog _watchdog = Watchdog.Start(_folder);
    private static readonly Lazy<Task<Azurite>> _storage = new(Azurite.StartAsync);
    private static PostgresServer? _server;
    private static DatabasePool? _databases;
    private static int _number;

    /// <summary>The PostgreSQL server of this run.</summary>
    public static PostgresServer Server => _server!;

    /// <summary>The emulator of Azure Storage of this run, which tests share: each has containers of its own.</summary>
    /// <exception cref="NotSupportedException">It is not available here; the message states the reason.</exception>
    public static Task<Azurite> Storage => _storage.Value;

    private static DatabasePool Databases => _databases!;

    /// <summary>Returns the path of a SQLite file that does not exist yet.</summary>
    public static string NewSqlitePath() => Path.Combine(_folder, $"{Interlocked.Increment(ref _number)}.db");

    /// <summary>Creates a folder, which is removed at the end of the run.</summary>
    public static string NewFolder() =>
        Directory.CreateDirectory(Path.Combine(_folder, $"{Interlocked.Increment(ref _number)}")).FullName;

    /// <summary>Rents a database for the running test, which has to dispose it.</summary>
    public static Task<TestDatabase> RentAsync() => Databases.RentAsync(TestContext.CurrentContext.Test.FullName);

    /// <summary>Creates a SQLite file that is migrated and empty.</summary>
    /// <returns>Its URL, for <c>DATABASE_URL</c>.</returns>
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
        // Moves the write-ahead log into the template, which is copied as one file.
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
            if (_storage is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
                await (await _storage.Value).DisposeAsync();
            if (_server is not null)
                await _server.DisposeAsync();
            await _watchdog.DisposeAsync(); // removes the folder
        }
    }

    private static async Task MigrateAsync(string url)
    {
        // A service that is ready has migrated.
        await using var qrai = await QrAiHost.StartAsync(url, provider: null);
    }
}
