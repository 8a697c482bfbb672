using QrAi.Application.Generations;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>Waits for running answers during the shutdown, and stops them when the shutdown time has elapsed.</summary>
internal sealed class AnswerDrain(
    GenerationDrain generations,
    IHostApplicationLifetime lifetime,
    EnvironmentOptions options,
    TimeProvider clock,
    ILogger<AnswerDrain> logger
) : IHostedService, IDisposable
{
    /// <summary>The time in which stopped answers are saved.</summary>
    public static readonly TimeSpan SaveTime = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _finish = new(Timeout.InfiniteTimeSpan, clock);
    private readonly CancellationTokenSource _giveUp = new(Timeout.InfiniteTimeSpan, clock);
    private Task _drain = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The web server stops before the hosted services do, and waits for the streams of running answers: their
        // time has to start here.
        lifetime.ApplicationStopping.Register(() =>
        {
            logger.LogInformation("Stopping; {Count} running answers may finish", generations.Count);
            _finish.CancelAfter(options.ShutdownTime);
            _giveUp.CancelAfter(options.ShutdownTime + SaveTime);
            _drain = generations.DrainAsync(_finish.Token, _giveUp.Token);
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _drain;
        // Drains answers that requests have started since.
        await generations.DrainAsync(_finish.Token, _giveUp.Token);
        if (generations.Count > 0)
            logger.LogError("{Count} answers could not be saved before the end", generations.Count);
    }

    public void Dispose()
    {
        _finish.Dispose();
        _giveUp.Dispose();
    }
}
