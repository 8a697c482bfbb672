using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>A serving process, which is restarted on the same address.</summary>
internal sealed class Replica(
    string name,
    QrAiProgram program,
    IReadOnlyDictionary<string, string> settings,
    HttpMessageInvoker http
) : IAsyncDisposable
{
    private static readonly TimeSpan MaxStart = TimeSpan.FromSeconds(60);

    private readonly int port = Server.FreePort();
    private Server? server;

    public string Name => name;

    public Uri Address => new(Text.Of($"http://127.0.0.1:{port}/"));

    /// <summary>Whether it is ready and has not been asked to end.</summary>
    public bool IsLive { get; private set; }

    /// <summary>The id of its process.</summary>
    public int Process => Running.Id;

    private Server Running => server ?? throw new InvalidOperationException($"{name} was not started.");

    /// <summary>Starts the process and waits until it is ready.</summary>
    public async Task Start(CancellationToken cancellation)
    {
        if (server is not null)
            await server.DisposeAsync();
        server = program.Serve(name, port, settings);
        while (!await IsReady(cancellation))
        {
            if (server.Ended || Stopwatch.GetElapsedTime(server.StartedAt) > MaxStart)
                throw new InvalidOperationException($"{name} does not start:\n{server.LastLines()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
        IsLive = true;
    }

    /// <summary>Kills the process (SIGKILL).</summary>
    public async Task Kill(CancellationToken cancellation)
    {
        IsLive = false;
        Running.Send(Signal.Kill);
        await Running.Exit(cancellation);
    }

    /// <summary>Stops the process (SIGSTOP); it keeps its memory and connections.</summary>
    public void Pause()
    {
        IsLive = false;
        Running.Send(Signal.Stop);
    }

    /// <summary>Resumes the stopped process (SIGCONT).</summary>
    public void Resume()
    {
        Running.Send(Signal.Continue);
        IsLive = true;
    }

    /// <summary>Asks the process to end (SIGTERM).</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> Terminate(CancellationToken cancellation)
    {
        IsLive = false;
        Running.Send(Signal.Terminate);
        return Running.Exit(cancellation);
    }

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<bool> IsReady(CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, "health/ready"));
            using var response = await http.SendAsync(request, cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
