using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace QrAi.Tests.Testing;

/// <summary>
/// A network between a program and a server, controlled by a test: it resets connections like the end of a process, and
/// it drops packets without any notice to either side.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Link, bool> _links = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private volatile byte[]? _cutReplyTo;
    private int _repliesCut;

    /// <summary>Starts to listen.</summary>
    /// <param name="host">The server.</param>
    /// <param name="port">Its port.</param>
    public TcpProxy(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1 to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Drops all further packets of the open connections; later connections are not affected.</summary>
    public void DropPackets()
    {
        foreach (var link in _links.Keys)
            link.DropsPackets = true;
    }

    /// <summary>
    /// Resets a connection once, instead of the server's reply to a text: the server has executed the request, and the
    /// client does not receive the result.
    /// </summary>
    /// <param name="text">A part of the client's request, in ASCII.</param>
    public void CutReplyTo(string text) => _cutReplyTo = System.Text.Encoding.ASCII.GetBytes(text);

    /// <summary>The number of replies that were cut.</summary>
    public int RepliesCut => _repliesCut;

    /// <summary>Resets the open connections at both ends, like the system for a killed process.</summary>
    public void Cut()
    {
        foreach (var link in _links.Keys)
            link.Reset();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Cut();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var link = new Link(client);
        _links[link] = true;
        try
        {
            await link.Server.ConnectAsync(_host, _port, _stopping.Token);
            await Task.WhenAny(
                link.CopyAsync(client, link.Server, sent => InspectRequest(link, sent), _stopping.Token),
                link.CopyAsync(link.Server, client, _ => CutIfRequested(link), _stopping.Token)
            );
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Without a server the client's connection is closed.
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private void InspectRequest(Link link, ReadOnlySpan<byte> sent)
    {
        if (_cutReplyTo is not { } text || sent.IndexOf(text) < 0)
            return;
        _cutReplyTo = null;
        link.CutsReply = true;
    }

    private void CutIfRequested(Link link)
    {
        if (!link.CutsReply)
            return;
        link.CutsReply = false;
        Interlocked.Increment(ref _repliesCut);
        link.Reset();
    }

    private sealed class Link(Socket client) : IDisposable
    {
        private volatile bool _dropsPackets;
        private volatile bool _cutsReply;

        public bool CutsReply
        {
            get => _cutsReply;
            set => _cutsReply = value;
        }

        public Socket Server { get; } = new(SocketType.Stream, ProtocolType.Tcp);

        public bool DropsPackets
        {
            get => _dropsPackets;
            set => _dropsPackets = value;
        }

        public delegate void Observer(ReadOnlySpan<byte> bytes);

        public async Task CopyAsync(Socket from, Socket to, Observer observe, CancellationToken cancellationToken)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
                {
                    observe(buffer.AsSpan(0, count));
                    if (!DropsPackets)
                        await to.SendAsync(buffer.AsMemory(0, count), cancellationToken);
                }

                // The end of one side would also be a packet.
                if (DropsPackets)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One side has closed, which ends the connection.
            }
        }

        public void Reset()
        {
            foreach (var socket in new[] { client, Server })
                // A close without linger sends a reset.
                socket.Close(0);
        }

        public void Dispose()
        {
            client.Dispose();
            Server.Dispose();
        }
    }
}
