using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Tells whether the first provider answers, from what its last attempts came to and from whether its server can be
/// reached now. It asks no question: that would cost money at every probe.
/// </summary>
internal sealed class ProviderHealth(ModelProviders providers, LlmOptions options, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (options.Providers.Count == 0)
            return HealthCheckResult.Degraded("No provider is configured.");

        var states = await Task.WhenAll(options.Providers.Select(name => DescribeAsync(name, cancellationToken)));
        var detail = string.Join(" · ", options.Providers.Zip(states, (name, fault) => $"{name}: {fault ?? "ok"}"));
        return states[0] is null ? HealthCheckResult.Healthy(detail) : HealthCheckResult.Degraded(detail);
    }

    /// <summary>What is wrong with a provider; null if nothing is.</summary>
    private async Task<string?> DescribeAsync(string name, CancellationToken cancellationToken)
    {
        if (!providers.Circuits.TryGetValue(name, out var circuit))
            return null;
        if (circuit.IsOpen)
            return "skipped, as it keeps failing";
        if (circuit.FailuresInARow is > 0 and var failures)
            return $"{failures} failures in a row";
        return await IsReachableAsync(name, cancellationToken) ? null : "can not be reached";
    }

    private async Task<bool> IsReachableAsync(string name, CancellationToken cancellationToken)
    {
        var url = options.OptionsOf(name).BaseUrl;
        using var limit = new CancellationTokenSource(ConnectTime, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(url.DnsSafeHost, url.Port, stop.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return false;
        }
    }
}
