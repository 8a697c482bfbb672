using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace QrAi.Tests.Testing.Otlp;

/// <summary>A collector on 127.0.0.1 that stores the traces and metrics sent over http/protobuf or gRPC.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();
    private readonly ConcurrentQueue<string> _headers = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _server;

    private OtlpReceiver(WebApplication server) => _server = server;

    /// <summary>The value for <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string Endpoint => _server.Urls.Single();

    /// <summary>Whether it accepts requests and never answers them.</summary>
    public bool Hangs { get; set; }

    /// <summary>The spans received so far.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. Bodies("trace").SelectMany(body => OtlpData.Spans(body))];

    /// <summary>The data points received so far, those of one metric in the order of receipt.</summary>
    public IReadOnlyList<OtlpPoint> Points => [.. Bodies("metrics").SelectMany(body => OtlpData.Points(body))];

    /// <summary>The resources of the senders.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, object>> Resources =>
        [.. _requests.SelectMany(request => OtlpData.Resources(request.Body))];

    /// <summary>The number of requests.</summary>
    public int Requests => _requests.Count;

    /// <summary>The headers of the requests, one line each.</summary>
    public IReadOnlyCollection<string> Headers => _headers;

    /// <summary>The bodies of all requests as text.</summary>
    public string Text => string.Join('\n', _requests.Select(request => Encoding.UTF8.GetString(request.Body)));

    /// <summary>Starts a collector on a free port.</summary>
    /// <param name="grpc">Whether it uses gRPC.</param>
    public static async Task<OtlpReceiver> StartAsync(bool grpc = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                System.Net.IPAddress.Loopback,
                0,
                listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1
            )
        );
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var receiver = new OtlpReceiver(server);
        server.Run(receiver.ReceiveAsync);
        await server.StartAsync();
        return receiver;
    }

    /// <summary>Returns the value of a metric's last point with these attributes.</summary>
    public double Last(string metric, params (string Name, object Value)[] attributes) =>
        Points.Last(point => point.Metric == metric && Has(point.Attributes, attributes)).Value;

    public async ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    private static bool Has(IReadOnlyDictionary<string, object> attributes, (string Name, object Value)[] expected) =>
        expected.All(one => attributes.TryGetValue(one.Name, out var value) && value.Equals(one.Value));

    private IEnumerable<byte[]> Bodies(string signal) =>
        _requests
            .Where(request => request.Path.Contains(signal, StringComparison.OrdinalIgnoreCase))
            .Select(request => request.Body);

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
        foreach (var header in context.Request.Headers)
            _headers.Enqueue($"{header.Key}: {header.Value}");
        // Five bytes precede a gRPC message: its compression flag and its length.
        _requests.Enqueue((context.Request.Path, isGrpc ? body.ToArray()[5..] : body.ToArray()));
        if (Hangs)
            await _ended.Task;
        if (!isGrpc)
        {
            context.Response.ContentType = "application/x-protobuf";
            return;
        }

        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
