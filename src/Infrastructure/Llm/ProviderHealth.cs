using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Reports whether the first provider is available, from the outcome of its last attempts and a TCP connection to its server.
/// It sends no request: each probe would cost money.
/// </summary>
internal sealed class ProviderHealth(ModelProviders providers, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

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

    /// <summary>Returns the fault of a provider; null if there is none.</summary>
    private async Task<string?> DescribeAsync(Provider provider, CancellationToken cancellationToken)
    {
        if (provider.Circuit.IsOpen)
            return "skipped after repeated failures";
        if (provider.Circuit.ConsecutiveFailures is > 0 and var failures)
            return $"{failures} consecutive failures";
        return provider.Address is null || await IsReachableAsync(provider.Address, cancellationToken)
            ? null
            : "cannot be reached";
    }

    private async Task<bool> IsReachableAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ConnectTimeout, clock);
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
