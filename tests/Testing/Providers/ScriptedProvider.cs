using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// A model provider on 127.0.0.1 that speaks the OpenAI-compatible streaming protocol and does what a test tells it.
/// Point a provider's base URL at <see cref="BaseUrl"/>.
/// </summary>
public sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly ConcurrentQueue<Reply> _replies = new();
    private readonly List<ReceivedRequest> _requests = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly Lock _lock = new();
    private WebApplication? _server;
    private volatile bool _stopping;

    private ScriptedProvider(int port) => Port = port;

    /// <summary>The port, the same after <see cref="StartAgainAsync"/>.</summary>
    public int Port { get; private set; }

    /// <summary>What a client puts before <c>/chat/completions</c>.</summary>
    public string BaseUrl => $"http://127.0.0.1:{Port}/v1";

    /// <summary>What a request gets when no reply is queued.</summary>
    public Reply Default { get; set; } = Reply.Answer("A ", "scripted ", "answer.");

    /// <summary>
    /// Chooses the reply where none is queued; before <see cref="Default"/>. It runs concurrently: keep it stateless.
    /// </summary>
    public Func<ReceivedRequest, Reply>? RespondWith { get; set; }

    /// <summary>All chat completion requests so far, in order: a copy.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>How many replies are still queued.</summary>
    public int Queued => _replies.Count;

    /// <summary>Starts one; port 0 means any free one.</summary>
    public static async Task<ScriptedProvider> StartAsync(int port = 0)
    {
        for (var attempt = 1; ; attempt++)
        {
            var provider = new ScriptedProvider(port == 0 ? LoopbackPort.FindFree() : port);
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

    /// <summary>Queues replies for the next requests, one each, in order.</summary>
    public void Enqueue(params Reply[] replies)
    {
        foreach (var reply in replies)
            _replies.Enqueue(reply);
    }

    /// <summary>Waits until at least so many requests have come since the start, and returns them all.</summary>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public async Task<IReadOnlyList<ReceivedRequest>> WaitForRequestsAsync(int count, TimeSpan? timeout = null)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_requests.Count >= count)
                return [.. _requests];
            _waiting.Add((count, reached));
        }

        var limit = timeout ?? Eventually.DefaultLimit;
        try
        {
            await reached.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"{Requests.Count} of {count} requests came to the provider within {limit.TotalSeconds} s."
            );
        }

        return Requests;
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
        var path = http.Request.Path.Value ?? "";
        if (http.Request.Method != HttpMethods.Post || path != "/v1/chat/completions")
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            await http.Response.WriteAsync(Reply.ErrorBody(404, $"Nothing at {http.Request.Method} {path}."));
            return;
        }

        var (request, reply) = Receive(http, path, await ReadBodyAsync(http));
        await using var registration = http.RequestAborted.Register(() => NoteClientLeft(request));
        try
        {
            await reply.ServeAsync(new CompletionStream(http, request));
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

    // The number of a request and the reply it gets are settled together, so that both have the same order.
    private (ReceivedRequest Request, Reply Reply) Receive(HttpContext http, string path, JsonElement body)
    {
        var headers = http.Request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString(),
            StringComparer.OrdinalIgnoreCase
        );
        ReceivedRequest request;
        Reply? reply;
        lock (_lock)
        {
            var now = TimeProvider.System.GetUtcNow();
            request = new ReceivedRequest(_requests.Count + 1, now, path, headers, body);
            _requests.Add(request);
            reply = Refuse(request);
            if (reply is null)
                _replies.TryDequeue(out reply);
            _waiting.RemoveAll(waiting => _requests.Count >= waiting.Count && waiting.Reached.TrySetResult());
        }

        return (request, reply ?? RespondWith?.Invoke(request) ?? Default);
    }

    // What no real provider would take gets no scripted reply either.
    private static Reply? Refuse(ReceivedRequest request)
    {
        if (request.Messages.Count == 0 || string.IsNullOrEmpty(request.Model))
            return Reply.Status(400, Reply.ErrorBody(400, "A JSON object with model and messages is expected."));
        return request.Stream
            ? null
            : Reply.Status(400, Reply.ErrorBody(400, "The scripted provider only streams: set stream to true."));
    }

    private static async Task<JsonElement> ReadBodyAsync(HttpContext http)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
