using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Replicas on one database.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly List<Replica> replicas = [];

    private Cluster() { }

    public IReadOnlyList<Replica> Replicas => replicas;

    public static async Task<Cluster> Start(
        int replicas,
        QrAiProgram program,
        string name,
        IReadOnlyDictionary<string, string> settings,
        HttpMessageInvoker http,
        CancellationToken cancellation
    )
    {
        await program.Migrate(settings, cancellation);
        var cluster = new Cluster();
        for (var number = 0; number < replicas; number++)
            cluster.replicas.Add(new Replica($"{name}-{(char)('a' + number)}", program, settings, http));
        try
        {
            await Task.WhenAll(cluster.replicas.Select(replica => replica.Start(cancellation)));
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
        return cluster;
    }

    /// <summary>Returns a random live replica, if possible not the last one.</summary>
    public Replica Any(Replica? last)
    {
        var live = replicas.FindAll(replica => replica.IsLive);
        if (live.Exists(replica => replica != last))
            live.RemoveAll(replica => replica == last);
        else if (live.Count == 0)
            live = replicas;
        return live[Random.Shared.Next(live.Count)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }
}
