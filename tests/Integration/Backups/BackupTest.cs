using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MediatR;
using QrAi.Application.Backups;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Backups;

/// <summary>A test with a database that can be replaced, and a separate folder for backups.</summary>
public abstract class BackupTest(DatabaseKind kind)
{
    private readonly string _folder = TestRun.NewFolder();
    private readonly List<BackupProgram> _programs = [];
    private readonly List<string> _databases = [];

    /// <summary>The kind of database of this test.</summary>
    protected DatabaseKind Kind => kind;

    /// <summary>The folder of the backups, which the first one creates.</summary>
    protected string Folder => Path.Combine(_folder, "backups");

    /// <summary>The database, migrated and empty.</summary>
    protected string Url { get; private set; } = "";

    [SetUp]
    public async Task CreateDatabaseAsync()
    {
        if (kind == DatabaseKind.Postgres && PostgresBinaries.PathOf("pg_dump") is null)
            Assert.Ignore("There is no pg_dump here: install PostgreSQL's client programs.");
        Url = await NewDatabaseAsync(TestRun.Template);
    }

    [TearDown]
    public async Task CleanAsync()
    {
        foreach (var program in _programs)
            await program.DisposeAsync();
        foreach (var database in _databases)
            await TestRun.Server.DropDatabaseAsync(database);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Composes the backup verbs for the database and folder of the test.</summary>
    protected BackupProgram Program(
        Dictionary<string, string>? settings = null,
        TimeProvider? clock = null,
        Func<IServiceProvider, IBackupArchive, IBackupArchive>? archive = null
    )
    {
        var values = new Dictionary<string, string> { ["DATABASE_URL"] = Url, ["BACKUP_DIRECTORY"] = Folder };
        foreach (var (name, value) in settings ?? [])
            values[name] = value;
        var program = BackupProgram.Create(values, clock, archive);
        _programs.Add(program);
        return program;
    }

    /// <summary>Creates a database without tables.</summary>
    protected Task<string> EmptyDatabaseAsync() => NewDatabaseAsync(null);

    /// <summary>Adds sessions with messages to the test's database, without any provider.</summary>
    protected async Task FillAsync(int sessions = 3)
    {
        await using var qrai = await QrAiHost.StartAsync(Url, provider: null);
        await qrai.AddAsync([
            .. Enumerable
                .Range(1, sessions)
                .Select(number => A.Session().Titled($"Session {number} 日本語 \\ \" ' \t \u0001").Answered(times: 5)),
        ]);
    }

    /// <summary>Opens a separate connection.</summary>
    protected Task<Sql> OpenDatabaseAsync(string? url = null) => Sql.OpenAsync(url ?? Url);

    protected string DumpOf(string id) => Path.Combine(Folder, id + ".dump");

    protected string ManifestOf(string id) => Path.Combine(Folder, id + ".json");

    /// <summary>Returns the names of all files in the folder.</summary>
    protected IReadOnlyList<string> Files() =>
        Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)).Order()] : [];

    /// <summary>Changes a manifest and updates its checksum.</summary>
    protected void Forge(string id, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(ManifestOf(id)))!;
        change(json);
        json["checksum"] = "";
        json["checksum"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.ToJsonString())));
        File.WriteAllText(ManifestOf(id), json.ToJsonString());
    }

    /// <summary>Flips one bit of a file.</summary>
    protected static void Flip(string path, long bit)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = bit / 8;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ (1 << (int)(bit % 8))));
    }

    /// <summary>Creates a backup.</summary>
    protected static Task<StoredBackup> CreateAsync(ISender sender) => sender.Send(new CreateBackup());

    private async Task<string> NewDatabaseAsync(string? template)
    {
        if (kind == DatabaseKind.Sqlite)
            return template is null ? "sqlite://" + TestRun.NewSqlitePath() : TestRun.NewSqliteDatabase();
        var url = await TestRun.Server.CreateDatabaseAsync(template);
        _databases.Add(url);
        return url;
    }
}
