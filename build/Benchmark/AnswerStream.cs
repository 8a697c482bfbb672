using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Text;

namespace QrAi.Benchmark;

/// <summary>An answer received as a stream.</summary>
internal sealed class AnswerStream : IDisposable
{
    private readonly HttpResponseMessage? response;
    private readonly bool isDirect;
    private Stream? body;
    private byte[] buffer = new byte[4096];
    private int length;

    private AnswerStream(HttpResponseMessage? response, bool isDirect, string? failure)
    {
        this.response = response;
        this.isDirect = isDirect;
        Failure = failure;
    }

    public string? Failure { get; private set; }

    /// <summary>The time from the provider's send to the receipt here.</summary>
    public long FirstTokenTicks { get; private set; }

    public static AnswerStream Failed(string failure) => new(null, false, failure);

    public static async Task<AnswerStream> Open(
        HttpResponseMessage response,
        bool isDirect,
        CancellationToken cancellation
    )
    {
        var stream = new AnswerStream(response, isDirect, null);
        try
        {
            stream.body = await response.Content.ReadAsStreamAsync(cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                while (await stream.Read(cancellation)) { }
                stream.Failure = Client.Describe(response.StatusCode, stream.buffer.AsSpan(0, stream.length));
                return stream;
            }
            while (await stream.Read(cancellation))
                if (stream.FindFirstToken())
                    return stream;
            stream.Failure = "ended before the first token: " + stream.End();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            stream.Failure = exception.Message;
        }
        return stream;
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>The failure; null if the stream ended with its last event.</returns>
    public async Task<string?> Finish(CancellationToken cancellation)
    {
        try
        {
            while (await Read(cancellation)) { }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Failure = exception.Message;
        }
        var all = buffer.AsSpan(0, length);
        var isComplete = isDirect
            ? all.IndexOf("data: [DONE]"u8) >= 0
            : all.IndexOf("event: completed\n"u8) >= 0 || all.IndexOf("event:completed\n"u8) >= 0;
        return Failure = isComplete ? null : "ended without its last event: " + End();
    }

    public void Dispose() => response?.Dispose();

    private string End() => Encoding.UTF8.GetString(buffer, Math.Max(0, length - 300), Math.Min(300, length));

    private async ValueTask<bool> Read(CancellationToken cancellation)
    {
        if (length == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var read = await body!.ReadAsync(buffer.AsMemory(length), cancellation);
        length += read;
        return read > 0;
    }

    private bool FindFirstToken()
    {
        var all = buffer.AsSpan(0, length);
        var at = all.IndexOf("tick-"u8);
        if (at < 0 || all.Length < at + 5 + Provider.Digits)
            return false;
        if (Utf8Parser.TryParse(all.Slice(at + 5, Provider.Digits), out long sent, out _))
            FirstTokenTicks = Stopwatch.GetTimestamp() - sent;
        return true;
    }
}
