using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// The same provider without a network: it replaces the connections of an HTTP client, and the response has the same
/// bytes as over a socket.
/// </summary>
public sealed class InMemoryProvider(TimeProvider? clock = null) : ReplyScript(clock), IDisposable
{
    private Handler? _handler;

    /// <summary>The handler for an <see cref="HttpClient"/>, in place of its connections.</summary>
    public HttpMessageHandler Connections => _handler ??= new Handler(this);

    /// <summary>Replaces the network for a client of the HTTP client factory.</summary>
    /// <param name="services">The services with the client's registration.</param>
    /// <param name="client">Its name.</param>
    public void ReplaceNetwork(IServiceCollection services, string client) =>
        services.Configure<HttpClientFactoryOptions>(
            client,
            options => options.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = Connections)
        );

    /// <inheritdoc/>
    public void Dispose() => _handler?.Dispose();

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri!;
        if (!IsCompletion(request.Method.Method, url))
            throw new NotSupportedException($"Nothing at {request.Method} {url}.");
        var headers = request
            .Headers.Concat(request.Content!.Headers)
            .ToDictionary(
                header => header.Key,
                header => string.Join(",", header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        var body = await ReadBodyAsync(await request.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
        var (received, reply) = Receive(url, headers, body);
        var completion = new MemoryCompletion(received, Clock);
        _ = completion.ServeAsync(reply);
        try
        {
            return await completion.Response.WaitAsync(cancellationToken);
        }
        catch
        {
            completion.Dispose();
            throw;
        }
    }

    private sealed class Handler(InMemoryProvider provider) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => provider.AnswerAsync(request, cancellationToken);
    }
}
