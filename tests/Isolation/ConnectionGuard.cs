using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace QrAi.Tests.Isolation;

/// <summary>
/// Refuses every connection of this process except to loopback and Unix sockets, and every look-up of another name. The
/// runtime raises an event before each; the exception thrown there reaches the caller, and nothing leaves the machine.
/// </summary>
public sealed class ConnectionGuard : EventListener
{
    /// <summary>
    /// The environment variable with the URL of a PostgreSQL server for the tests: its host is the only one allowed
    /// besides this machine.
    /// </summary>
    public const string ServerVariable = "QRAI_TEST_DATABASE_URL";

    private static readonly ConcurrentDictionary<string, bool> _allowed = new(StringComparer.OrdinalIgnoreCase);

    private readonly Action<string> _report;

    private ConnectionGuard(Action<string> report) => _report = report;

    /// <summary>Starts the guard, for the lifetime of the process.</summary>
    /// <param name="report">Receives each refused connection, on the thread that attempted it.</param>
    public static ConnectionGuard Start(Action<string> report)
    {
        if (Uri.TryCreate(Environment.GetEnvironmentVariable(ServerVariable), UriKind.Absolute, out var server))
            Allow(server.IdnHost);
        var guard = new ConnectionGuard(report);
        foreach (var source in EventSource.GetSources())
            guard.Watch(source);
        return guard;
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        // Null while the constructor of the base class runs: Start watches these sources later.
        if (_report is not null)
            Watch(eventSource);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Payload is not [string target, ..])
            return;
        var refused = eventData.EventName switch
        {
            "ResolutionStart" when !IsAllowed(target) => target,
            "ConnectStart" when EndPointOf(target) is { } peer && !IsAllowed(peer.Address.ToString()) =>
                peer.ToString(),
            _ => null,
        };
        if (refused is null)
            return;
        _report($"a connection to {refused}");
        throw new InvalidOperationException($"Tests must not connect to {refused}: only to this machine.");
    }

    private void Watch(EventSource source)
    {
        if (source.Name is not ("System.Net.Sockets" or "System.Net.NameResolution"))
            return;
        // Without this, an exception of a listener is dropped, and the connection is opened.
        SettingsOf(source) |= EventSourceSettings.ThrowOnEventWriteErrors;
        EnableEvents(source, EventLevel.Informational);
    }

    private static void Allow(string host)
    {
        _allowed[host] = true;
        try
        {
            foreach (var address in Dns.GetHostAddresses(host))
                _allowed[Plain(address).ToString()] = true;
        }
        catch (SocketException)
        {
            // The name cannot be resolved: a connection to it fails with its own error.
        }
    }

    private static bool IsAllowed(string host) =>
        _allowed.ContainsKey(host)
        || (
            IPAddress.TryParse(host, out var address)
                ? IPAddress.IsLoopback(address)
                : host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                    || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        );

    // The format of SocketAddress.ToString: "InterNetwork:16:{0,80,127,0,0,1,…}", the port first, then the address,
    // which follows four bytes of flow information in IPv6. Other families (Unix) do not leave the machine.
    private static IPEndPoint? EndPointOf(string socketAddress)
    {
        var parts = socketAddress.Split(':', 3);
        var (offset, length) = parts[0] switch
        {
            nameof(AddressFamily.InterNetwork) => (2, 4),
            nameof(AddressFamily.InterNetworkV6) => (6, 16),
            _ => (0, 0),
        };
        if (length == 0)
            return null;
        var bytes = parts[2]
            .Trim('{', '}')
            .Split(',')
            .Select(number => byte.Parse(number, CultureInfo.InvariantCulture))
            .ToArray();
        return new IPEndPoint(Plain(new IPAddress(bytes.AsSpan(offset, length))), bytes[0] << 8 | bytes[1]);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_config")]
    private static extern ref EventSourceSettings SettingsOf(EventSource source);
}
