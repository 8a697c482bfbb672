using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>The shared parts of the proofs: the provider, the findings and the start of replicas.</summary>
internal sealed class Bench(Options options, SlowProvider provider, Findings findings) : IDisposable
{
    /// <summary>The shortest valid lease, for short proofs.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    /// <summary>The maximum time until another process takes over an orphaned answer.</summary>
    public static readonly TimeSpan Takeover = Lease + TimeSpan.FromSeconds(5);

    private readonly HttpMessageInvoker http = Http.NewInvoker();

    public Options Options => options;

    public SlowProvider Provider => provider;

    public Findings Findings => findings;

    public Api Api { get; } = new(Http.NewInvoker());

    /// <summary>Starts replicas on a new PostgreSQL database.</summary>
    public async Task<Cluster> OnPostgres(
        string name,
        int replicas,
        CancellationToken cancellation,
        params (string Name, string Value)[] more
    )
    {
        await options.Postgres.Create(name, cancellation);
        return await Start(name, replicas, options.Postgres.Url(name), more, cancellation);
    }

    /// <summary>Starts a process on a new SQLite database.</summary>
    public Task<Cluster> OnSqlite(string name, CancellationToken cancellation) =>
        Start(name, 1, "sqlite://" + Path.Combine(options.Work, name + ".db"), [], cancellation);

    public void Dispose() => http.Dispose();

    private Task<Cluster> Start(
        string name,
        int replicas,
        string database,
        (string Name, string Value)[] more,
        CancellationToken cancellation
    )
    {
        var settings = QrAiProgram.Settings(database, provider.Address);
        settings["LEASE_SECONDS"] = Text.Of($"{Lease.TotalSeconds:0}");
        settings["DATABASE_POOL_SIZE"] = "4";
        settings["DATABASE_MAX_OVERFLOW"] = "12";
        foreach (var (setting, value) in more)
            settings[setting] = value;
        return Cluster.Start(replicas, options.Program, name, settings, http, cancellation);
    }
}
