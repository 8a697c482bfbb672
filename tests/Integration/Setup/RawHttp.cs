using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QrAi.Tests.Integration.Setup;

/// <summary>Sends raw bytes, because HTTP clients refuse some requests that callers can send.</summary>
public static class RawHttp
{
    /// <summary>Sends text, and reads until the service closes the connection.</summary>
    public static Task<string> SendRawAsync(this QrAiClient qrai, string request, TimeSpan? limit = null) =>
        qrai.SendRawAsync(Encoding.UTF8.GetBytes(request), limit);

    /// <summary>Sends bytes, and reads until the service closes the connection.</summary>
    public static async Task<string> SendRawAsync(this QrAiClient qrai, byte[] request, TimeSpan? limit = null)
    {
        using var timeout = new CancellationTokenSource(limit ?? Eventually.DefaultLimit, TimeProvider.System);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, qrai.Address.Port, timeout.Token);
        await using var stream = new NetworkStream(socket);
        var sending = SendAsync();
        var received = new MemoryStream();
        var buffer = new byte[4_096];
        try
        {
            while (await stream.ReadAsync(buffer, timeout.Token) is > 0 and var read)
                received.Write(buffer, 0, read);
        }
        catch (IOException) when (received.Length > 0)
        {
            // The service has answered without reading the rest.
        }

        await sending;
        return Encoding.UTF8.GetString(received.GetBuffer(), 0, (int)received.Length);

        async Task SendAsync()
        {
            try
            {
                await stream.WriteAsync(request, timeout.Token);
            }
            catch (IOException)
            {
                // as above
            }
        }
    }
}
