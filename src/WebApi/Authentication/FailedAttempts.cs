using System.Net;
using System.Net.Sockets;
using QrAi.Application.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// Limits the failed authentication attempts of an address: a burst of <see cref="Burst"/>, then one per
/// <see cref="Refill"/>. Keys of 256 bits cannot be guessed; the limit bounds the load and the log lines of attempts.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class FailedAttempts(TimeProvider clock)
{
    /// <summary>The attempts of a burst.</summary>
    public const int Burst = 30;

    /// <summary>The time after which one more attempt is allowed.</summary>
    public static readonly TimeSpan Refill = TimeSpan.FromSeconds(2);

    /// <summary>Bounds the memory. Further addresses share one limit.</summary>
    internal const int MaxAddresses = 10_000;

    private static readonly IPAddress _allOthers = IPAddress.None;

    private readonly TokenBuckets<IPAddress> _attempts = new(clock, Burst, Refill, MaxAddresses, _allOthers);

    /// <summary>Returns the time until a failed attempt of an address is accepted again.</summary>
    /// <param name="address">The caller's address; null if it is unknown.</param>
    /// <returns>The time; null if an attempt is accepted now.</returns>
    public TimeSpan? WaitOf(IPAddress? address) => _attempts.WaitOf(Network(address));

    /// <summary>Counts a failed attempt.</summary>
    /// <param name="address">The caller's address; null if it is unknown.</param>
    public void Add(IPAddress? address) => _attempts.Take(Network(address));

    /// <summary>The number of tracked addresses, for tests.</summary>
    internal int Count => _attempts.Count;

    /// <summary>Returns the unit that one attacker has: an IPv4 address, or an IPv6 /64 network.</summary>
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
