using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Bodies that are compressed without a request for compression.</summary>
public sealed class ResponseBodyTests
{
    private const string Events = """
        data: {"choices":[{"delta":{"content":"Hello"}}]}

        data: {"choices":[{"delta":{"content":" there"},"finish_reason":"stop"}]}


        """;

    [TestCase("gzip")]
    [TestCase("GZIP")]
    [TestCase("x-gzip")]
    [TestCase("deflate")]
    [TestCase("br")]
    [TestCase("identity")]
    [TestCase("gzip, br")]
    public async Task A_compressed_stream_is_read(string encodings)
    {
        var updates = await ReadAsync(HttpStatusCode.OK, Compress(Events, encodings), encodings);

        Wire.TextOf(updates).ShouldBe("Hello there");
    }

    [Test]
    public async Task A_stream_in_another_encoding_than_declared_breaks_off()
    {
        var failure = await Should.ThrowAsync<ProviderException>(() =>
            ReadAsync(HttpStatusCode.OK, Encoding.UTF8.GetBytes(Events), "gzip")
        );

        failure.Outcome.ShouldBe("broken_off");
    }

    [Test]
    public async Task A_compressed_error_is_read()
    {
        var failure = await Should.ThrowAsync<ProviderException>(() =>
            ReadAsync(HttpStatusCode.BadRequest, Compress("""{"error":"model 'x' not found"}""", "gzip"), "gzip")
        );

        failure.Reaction.ShouldBe(Reaction.NextProvider);
    }

    private static async Task<List<ChatResponseUpdate>> ReadAsync(HttpStatusCode status, byte[] body, string encodings)
    {
        using var http = new HttpClient(new OneResponse(status, body, encodings));
        http.BaseAddress = new Uri("https://provider.test/v1/");
        using var client = new OpenAiCompatibleChatClient(http, "model", 1024, new TestClock());
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Why?")]))
            updates.Add(update);
        return updates;
    }

    private static byte[] Compress(string text, string encodings)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var encoding in encodings.Split(", "))
        {
            using var target = new MemoryStream();
            using (
                Stream compressing = encoding.ToUpperInvariant() switch
                {
                    "GZIP" or "X-GZIP" => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
                    "DEFLATE" => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
                    "BR" => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
                    _ => new BufferedStream(target),
                }
            )
            {
                compressing.Write(bytes);
                compressing.Flush();
                bytes = target.ToArray();
            }

            if (encoding != "identity")
                bytes = target.ToArray();
        }

        return bytes;
    }

    private sealed class OneResponse(HttpStatusCode status, byte[] body, string encodings) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var content = new ByteArrayContent(body);
            foreach (var encoding in encodings.Split(", "))
                content.Headers.ContentEncoding.Add(encoding);
            return Task.FromResult(new HttpResponseMessage(status) { Content = content });
        }
    }
}
