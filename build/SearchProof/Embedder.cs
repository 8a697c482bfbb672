using System.Net;
using System.Text.Json;
using QrAi.Harness;

namespace QrAi.SearchProof;

/// <summary>
/// A provider of vectors that measures the cost of comparing them, not the quality of a model: a vector has the pairs of
/// characters of its text.
/// </summary>
internal sealed class Embedder : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly int dimension;
    private long texts;

    private Embedder(int dimension)
    {
        this.dimension = dimension;
        var port = Server.FreePort();
        Address = new Uri(Text.Of($"http://127.0.0.1:{port}/v1"));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        app = builder.Build();
        app.Run(Answer);
    }

    public Uri Address { get; }

    /// <summary>The number of texts that were embedded.</summary>
    public long Texts => Interlocked.Read(ref texts);

    public static async Task<Embedder> Start(int dimension)
    {
        var embedder = new Embedder(dimension);
        await embedder.app.StartAsync();
        return embedder;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        using var request = await JsonDocument.ParseAsync(context.Request.Body);
        var input = request.RootElement.GetProperty("input").EnumerateArray().Select(text => text.GetString()!);
        var data = input.Select((text, index) => new { index, embedding = Embed(text) }).ToList();
        Interlocked.Add(ref texts, data.Count);
        await context.Response.WriteAsJsonAsync(new { data });
    }

    private float[] Embed(string text)
    {
        var vector = new float[dimension];
        for (var i = 1; i < text.Length; i++)
        {
            var pair = (uint)((text[i - 1] << 16) | text[i]) * 2_654_435_761;
            vector[pair % dimension] += (pair >> 31) == 0 ? 1 : -1;
        }

        return vector;
    }
}
