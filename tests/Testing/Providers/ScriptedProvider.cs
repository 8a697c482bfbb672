using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// A model provider on 127.0.0.1 with the OpenAI-compatible streaming protocol and scripted replies.
/// Set the base URL of a provider to <see cref="BaseUrl"/>.
/// </summary>
public sealed class ScriptedProvider : ReplyScript, IAsyncDisposable
{
    private WebApplication? _server;
    private volatile bool _stopping;

    private ScriptedProvider(int port, TimeProvider? clock)
        : base(clock) => Port = port;

    /// <summary>The port, unchanged by <see cref="RestartAsync"/>.</summary>
    public int Port { get; private set; }

    /// <summary>The base URL before <c>/chat/completions</c>.</summary>
    public string BaseUrl => $"http://127.0.0.1:{Port}/v1";

    /// <summary>The accepted key, which <c>/key</c> describes; without one <c>/key</c> does not exist.</summary>
    public string? Key { get; set; }

    /// <summary>The replies to requests of vectors.</summary>
    public EmbeddingScript Embeddings { get; } = new();

    /// <summary>Starts a provider; port 0 means any free one. The default clock is the system's.</summary>
    public static async Task<ScriptedProvider> StartAsync(int port = 0, TimeProvider? clock = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var provider = new ScriptedProvider(port == 0 ? LoopbackPort.FindFree() : port, clock);
            try
            {
                await provider.RestartAsync();
                return provider;
            }
            catch (IOException) when (port == 0 && attempt < 5)
            {
                // another process took the port
            }
        }
    }

    /// <summary>Stops: running answers break off, new connections are refused. Replies stay queued.</summary>
    public async Task StopAsync()
    {
        if (_server is not { } server)
            return;
        _stopping = true;
        _server = null;
        try
        {
            // Not a graceful shutdown: a cancelled token resets all connections at once.
            await server.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // the host reports the skipped shutdown
        }

        await server.DisposeAsync();
    }

    /// <summary>Restarts on the same port.</summary>
    public async Task RestartAsync()
    {
        if (_server is not null)
            throw new InvalidOperationException("The provider is running.");
        _stopping = false;
        var server = Build();
        try
        {
            await server.StartAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        _server = server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private WebApplication Build()
    {
        // An empty builder, so that the server does not read the configuration of the test run.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.Backlog = 4096; // a load test opens its connections all at once
            // A flush ends only when the kernel has all bytes, so that a break never loses a token.
            sockets.MaxWriteBufferSize = 2;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var server = builder.Build();
        server.Run(HandleAsync);
        return server;
    }

    private async Task HandleAsync(HttpContext http)
    {
        var url = new Uri(http.Request.GetEncodedUrl());
        if (
            Key is { } key
            && http.Request.Method == "GET"
            && url.AbsolutePath.EndsWith("/key", StringComparison.Ordinal)
        )
        {
            var isKnown = http.Request.Headers.Authorization == $"Bearer {key}";
            http.Response.StatusCode = isKnown ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(
                isKnown ? """{"data":{"label":"sk-or-…"}}""" : Reply.ErrorBody(401, "No such key.")
            );
            return;
        }

        if (http.Request.Method == "POST" && url.AbsolutePath.EndsWith("/embeddings", StringComparison.Ordinal))
        {
            await Embeddings.AnswerAsync(http);
            return;
        }

        if (!IsCompletion(http.Request.Method, url))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsync(
                Reply.ErrorBody(404, $"Nothing at {http.Request.Method} {url.AbsolutePath}.")
            );
            return;
        }

        var headers = http.Request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString(),
            StringComparer.OrdinalIgnoreCase
        );
        var (request, reply) = Receive(url, headers, await ReadBodyAsync(http.Request.Body, http.RequestAborted));
        await using var registration = http.RequestAborted.Register(() => RecordDisconnect(request));
        try
        {
            await reply.ServeAsync(new HttpCompletion(http, request, Clock));
            await http.Response.CompleteAsync();
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The reply may observe it before the registration.
            RecordDisconnect(request);
        }
        finally
        {
            request.MarkServed();
        }
    }

    // A connection also ends when this provider breaks it or stops, which is not a disconnect by the client.
    private void RecordDisconnect(ReceivedRequest request)
    {
        if (!_stopping && !request.Served.IsCompleted)
            request.MarkAborted();
    }
}
