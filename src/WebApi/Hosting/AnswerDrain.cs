using QrAi.Application.Generations;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>Lets running answers finish when the service is told to stop, and stops them when their time is up.</summary>
internal sealed class AnswerDrain(
    GenerationDrain generations,
    IHostApplicationLifetime lifetime,
    EnvironmentOptions options,
    TimeProvider clock,
    ILogger<AnswerDrain> logger
) : IHostedService, IDisposable
{
    /// <summary>How long answers that were stopped have to be kept.</summary>
    public static readonly TimeSpan KeepTime = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _finish = new(Timeout.InfiniteTimeSpan, clock);
    private readonly CancellationTokenSource _giveUp = new(Timeout.InfiniteTimeSpan, clock);
    private Task _drain = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The web server stops before the hosted services do, and it waits for the streams of running answers: their
        // time runs from here.
        lifetime.ApplicationStopping.Register(() =>
        {
            logger.LogInformation("Stopping; {Count} running answers may finish", generations.Count);
            _finish.CancelAfter(options.ShutdownTime);
            _giveUp.CancelAfter(options.ShutdownTime + KeepTime);
            _drain = generations.DrainAsync(_finish.Token, _giveUp.Token);
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _drain;
        // What requests that were under way have begun since.
        await generations.DrainAsync(_finish.Token, _giveUp.Token);
        if (generations.Count > 0)
            logger.LogError("{Count} answers could not be kept before the end", generations.Count);
    }

    public void Dispose()
    {
        _finish.Dispose();
        _giveUp.Dispose();
    }
}
