using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace QrAi.Tests.Testing;

/// <summary>Finds free ports on 127.0.0.1 for servers that must be able to restart on the same port.</summary>
public static class LoopbackPort
{
    // Below the ephemeral ports (Linux: 32768 and up). An outgoing connection could take one of those while the server
    // is down, and a client that retries it could even connect to itself.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    /// <summary>Returns a free port. Another process may take it first, so callers have to retry.</summary>
    public static int FindFree()
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // in use: tries another one
            }
        }

        throw new InvalidOperationException($"No free port between {Lowest} and {Highest} on 127.0.0.1.");
    }
}
