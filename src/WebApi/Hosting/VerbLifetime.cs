namespace QrAi.WebApi.Hosting;

/// <summary>
/// The lifetime of a host that a verb starts. Signals cancel the verb (<see cref="StopSignals"/>), and the verb stops the host;
/// the default lifetime of a console would handle them too, and the second signal would not end the process.
/// </summary>
internal sealed class VerbLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
