using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace QrAi.Tests.Testing;

/// <summary>Free ports on 127.0.0.1 for servers that must be able to come back on the same port.</summary>
public static class LoopbackPort
{
    // Below the ports that the system hands to clients (Linux: 32768 and up). One of those could be taken by any
    // outgoing connection while the server is down, and a client that retries it may even connect to itself.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    /// <summary>A port that nobody listens on now. Another process may still be faster: be ready to try again.</summary>
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
                // taken: the next one
            }
        }

        throw new InvalidOperationException($"No free port between {Lowest} and {Highest} on 127.0.0.1.");
    }
}
