using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace QrAi.Tests.Testing;

/// <summary>
/// A network between a program and a server, in a test's hands: it breaks connections as the end of a process does, and
/// it loses what is on its way without a word to either side.
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

    /// <summary>Begins to listen.</summary>
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

    /// <summary>From now on the connections that there are lose everything; those that come later are whole.</summary>
    public void LosePackets()
    {
        foreach (var link in _links.Keys)
            link.Loses = true;
    }

    /// <summary>
    /// Resets a connection once, in place of the server's reply to a text: what was asked for has been done, and the client
    /// does not hear of it.
    /// </summary>
    /// <param name="text">A part of what the client sends, in ASCII.</param>
    public void CutReplyTo(string text) => _cutReplyTo = System.Text.Encoding.ASCII.GetBytes(text);

    /// <summary>How often a reply was cut.</summary>
    public int RepliesCut => _repliesCut;

    /// <summary>Resets the connections that there are, at both ends, as the system does for a process that is killed.</summary>
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
                link.CopyAsync(client, link.Server, sent => NoteRequest(link, sent), _stopping.Token),
                link.CopyAsync(link.Server, client, _ => CutIfWanted(link), _stopping.Token)
            );
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Without a server there is nothing to connect to, which the client learns by the end of its connection.
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private void NoteRequest(Link link, ReadOnlySpan<byte> sent)
    {
        if (_cutReplyTo is not { } text || sent.IndexOf(text) < 0)
            return;
        _cutReplyTo = null;
        link.CutsReply = true;
    }

    private void CutIfWanted(Link link)
    {
        if (!link.CutsReply)
            return;
        link.CutsReply = false;
        Interlocked.Increment(ref _repliesCut);
        link.Reset();
    }

    private sealed class Link(Socket client) : IDisposable
    {
        private volatile bool _loses;
        private volatile bool _cutsReply;

        public bool CutsReply
        {
            get => _cutsReply;
            set => _cutsReply = value;
        }

        public Socket Server { get; } = new(SocketType.Stream, ProtocolType.Tcp);

        public bool Loses
        {
            get => _loses;
            set => _loses = value;
        }

        public delegate void Seen(ReadOnlySpan<byte> bytes);

        public async Task CopyAsync(Socket from, Socket to, Seen seen, CancellationToken cancellationToken)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
                {
                    seen(buffer.AsSpan(0, count));
                    if (!Loses)
                        await to.SendAsync(buffer.AsMemory(0, count), cancellationToken);
                }

                // The news that one side has left would be a packet too.
                if (Loses)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One side is gone: so is the connection.
            }
        }

        public void Reset()
        {
            foreach (var socket in new[] { client, Server })
                // Closing at once, without the usual farewell, sends a reset.
                socket.Close(0);
        }

        public void Dispose()
        {
            client.Dispose();
            Server.Dispose();
        }
    }
}
