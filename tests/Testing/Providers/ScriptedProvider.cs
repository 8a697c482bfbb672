using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// A model provider on 127.0.0.1 that speaks the OpenAI-compatible streaming protocol and does what a test tells it.
/// Point a provider's base URL at <see cref="BaseUrl"/>.
/// </summary>
public sealed class ScriptedProvider : ReplyScript, IAsyncDisposable
{
    private WebApplication? _server;
    private volatile bool _stopping;

    private ScriptedProvider(int port, TimeProvider? clock)
        : base(clock) => Port = port;

    /// <summary>The port, the same after <see cref="StartAgainAsync"/>.</summary>
    public int Port { get; private set; }

    /// <summary>What a client puts before <c>/chat/completions</c>.</summary>
    public string BaseUrl => $"http://127.0.0.1:{Port}/v1";

    /// <summary>The key that it knows, and tells about at <c>/key</c>; without one there is nothing there.</summary>
    public string? Key { get; set; }

    /// <summary>Starts one; port 0 means any free one. Its replies wait by the clock, the system's if none is given.</summary>
    public static async Task<ScriptedProvider> StartAsync(int port = 0, TimeProvider? clock = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var provider = new ScriptedProvider(port == 0 ? LoopbackPort.FindFree() : port, clock);
            try
            {
                await provider.StartAgainAsync();
                return provider;
            }
            catch (IOException) when (port == 0 && attempt < 5)
            {
                // somebody was faster: another port
            }
        }
    }

    /// <summary>Goes down: running answers break off, new connections are refused. Replies stay queued.</summary>
    public async Task StopAsync()
    {
        if (_server is not { } server)
            return;
        _stopping = true;
        _server = null;
        try
        {
            // No time for a graceful end: a cancelled token resets all connections at once.
            await server.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // the host says that it was not graceful
        }

        await server.DisposeAsync();
    }

    /// <summary>Comes back on the same port.</summary>
    public async Task StartAgainAsync()
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
        // An empty builder: no configuration and no environment of the test run leak into the server.
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
            sockets.Backlog = 4096; // a load test's connections come all at once
            // A flush ends only when the kernel has all of it, so that breaking off never swallows a token.
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
        await using var registration = http.RequestAborted.Register(() => NoteClientLeft(request));
        try
        {
            await reply.ServeAsync(new HttpCompletion(http, request, Clock));
            await http.Response.CompleteAsync();
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The reply may learn of it before the registration does.
            NoteClientLeft(request);
        }
        finally
        {
            request.MarkServed();
        }
    }

    // A connection also ends when this provider breaks it off or goes down; that is not the client's doing.
    private void NoteClientLeft(ReceivedRequest request)
    {
        if (!_stopping && !request.Served.IsCompleted)
            request.MarkAborted();
    }
}
