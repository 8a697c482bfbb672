using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>Starts the measured programs.</summary>
internal sealed class Programs(Plan plan, Target direct)
{
    private static readonly Uri AnyAddress = new("http://127.0.0.1/");

    private static string Own => Environment.ProcessPath!;

    public Target Direct => direct;

    public static Server StartProvider(Plan plan, out Target direct)
    {
        var port = Server.FreePort();
        var environment = new Dictionary<string, string>();
        var provider = Server.Start("provider", plan.Work, Own, ["provider", Text.Of($"{port}")], environment);
        direct = new Target(Target.Direct, new Uri(Text.Of($"http://127.0.0.1:{port}/v1/chat/completions")), null);
        return provider;
    }

    /// <summary>Migrates QrAi's database, as production does before it starts.</summary>
    public Task Migrate(string database, CancellationToken cancellation) =>
        QrAi.Migrate(Settings(database), cancellation);

    /// <summary>Starts a program on the database that has its name.</summary>
    public Target Start(string name) => name == Target.QrAi ? StartQrAi(name) : StartBaseline(name);

    /// <summary>Starts QrAi on a database.</summary>
    public Target StartQrAi(string database)
    {
        var port = Server.FreePort();
        return new Target(Target.QrAi, Questions(port), QrAi.Serve(database, port, Settings(database)));
    }

    /// <summary>Starts QrAi with default settings: a new SQLite file and the offline provider.</summary>
    public Target StartDefault(int round)
    {
        var port = Server.FreePort();
        var server = QrAi.Serve(Text.Of($"default-{round}"), port, new Dictionary<string, string>());
        return new Target(Target.QrAi, Questions(port), server);
    }

    private QrAiProgram QrAi => new(plan.Program!, plan.Work);

    private Dictionary<string, string> Settings(string database) =>
        QrAiProgram.Settings(plan.Postgres.Url(database), direct.Address);

    private Target StartBaseline(string name)
    {
        var port = Server.FreePort();
        // The default pool size of QrAi.
        var database = plan.Postgres.Connection(name, minPoolSize: 10, maxPoolSize: 30);
        string[] arguments = [name, Text.Of($"{port}"), direct.Address.ToString(), database];
        var server = Server.Start(name, plan.Work, Own, arguments, new Dictionary<string, string>());
        return new Target(name, Questions(port), server);
    }

    private static Uri Questions(int port) => new UriBuilder(AnyAddress) { Port = port, Path = "/api/questions" }.Uri;
}
