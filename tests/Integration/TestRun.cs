using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration;

/// <summary>What all tests share: one PostgreSQL server, and a migrated template of each database to make copies of.</summary>
[SetUpFixture]
public sealed class TestRun
{
    private const string Template = "migrated";

    private static readonly string _folder = Directory.CreateTempSubdirectory("qrai-integration-").FullName;
    private static readonly string _sqliteTemplate = Path.Combine(_folder, "template.db");
    private static PostgresServer? _server;
    private static int _number;

    /// <summary>The run's PostgreSQL server.</summary>
    public static PostgresServer Server => _server!;

    /// <summary>A SQLite file that is not there yet.</summary>
    public static string NewSqlitePath() => Path.Combine(_folder, $"{Interlocked.Increment(ref _number)}.db");

    /// <summary>Makes a database that is migrated and empty.</summary>
    public static async Task<string> CreateDatabaseAsync(DatabaseKind kind)
    {
        if (kind == DatabaseKind.Postgres)
            return await Server.CreateDatabaseAsync(Template);
        var path = NewSqlitePath();
        File.Copy(_sqliteTemplate, path);
        return "sqlite://" + path;
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Output.Record();
        _server = await PostgresServer.StartAsync();
        await TestContext.Progress.WriteLineAsync($"PostgreSQL of this run: {_server.Description}");
        await _server.PrepareTemplateAsync(Template, MigrateAsync);
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
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task MigrateAsync(string url)
    {
        // Whoever is ready has migrated.
        await using var qrai = await QrAiHost.StartAsync(url, provider: null);
    }
}
