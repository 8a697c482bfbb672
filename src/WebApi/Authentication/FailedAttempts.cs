using System.Net;
using System.Net.Sockets;
using QrAi.Application.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// Limits how often an address may fail to prove who it is: <see cref="Burst"/> times at once, and then once in each
/// <see cref="Refill"/>. Nobody guesses 256 bits; this tells those who try to stop, and keeps them from the log.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class FailedAttempts(TimeProvider clock)
{
    /// <summary>Attempts at once.</summary>
    public const int Burst = 30;

    /// <summary>The time for one more attempt.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromSeconds(2);

    /// <summary>Bounds the memory. More addresses than these share one limit: they are no people who mistyped.</summary>
    internal const int MostAddresses = 10_000;

    private static readonly IPAddress _allOthers = IPAddress.None;

    private readonly TokenBuckets<IPAddress> _attempts = new(clock, Burst, Refill, MostAddresses, _allOthers);

    /// <summary>How long attempts of an address that fail are still answered as too many.</summary>
    /// <param name="address">Where a caller comes from; null where that is not known.</param>
    /// <returns>The wait; null if there is none.</returns>
    public TimeSpan? WaitOf(IPAddress? address) => _attempts.WaitOf(Network(address));

    /// <summary>Notes that an attempt failed.</summary>
    /// <param name="address">Where it came from; null where that is not known.</param>
    public void Add(IPAddress? address) => _attempts.Take(Network(address));

    /// <summary>How many addresses it knows, for tests.</summary>
    internal int Count => _attempts.Count;

    /// <summary>What one attacker has: an IPv4 address, or the /64 that a single IPv6 line is given.</summary>
    private static IPAddress Network(IPAddress? address)
    {
        if (address is null)
            return IPAddress.Any;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
