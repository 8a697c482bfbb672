using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Tells whether the first provider answers, from what its last attempts came to and from whether its server can be
/// reached now. It asks no question: that would cost money at every probe.
/// </summary>
internal sealed class ProviderHealth(ModelProviders providers, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var states = await Task.WhenAll(providers.All.Select(provider => DescribeAsync(provider, cancellationToken)));
        var detail = string.Join(
            " · ",
            providers.All.Zip(states, (provider, fault) => $"{provider.Name}: {fault ?? "ok"}")
        );
        return states[0] is null ? HealthCheckResult.Healthy(detail) : HealthCheckResult.Degraded(detail);
    }

    /// <summary>What is wrong with a provider; null if nothing is.</summary>
    private async Task<string?> DescribeAsync(Provider provider, CancellationToken cancellationToken)
    {
        if (provider.Circuit.IsOpen)
            return "skipped, as it keeps failing";
        if (provider.Circuit.FailuresInARow is > 0 and var failures)
            return $"{failures} failures in a row";
        return provider.Address is null || await IsReachableAsync(provider.Address, cancellationToken)
            ? null
            : "cannot be reached";
    }

    private async Task<bool> IsReachableAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ConnectTime, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address.DnsSafeHost, address.Port, stop.Token);
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
