using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace QrAi.Durability;

/// <summary>The members of a message that the proofs read.</summary>
internal sealed record Message(string Id, string Role, string Content, string Status, string? Error);

/// <summary>QrAi's HTTP API, as a caller uses it.</summary>
internal sealed class Api(HttpMessageInvoker http)
{
    private static readonly MediaTypeWithQualityHeaderValue EventStream = new("text/event-stream");

    /// <summary>Asks a question, and accepts an event stream.</summary>
    public Task<HttpResponseMessage> Ask(
        Replica replica,
        string question,
        string? session,
        string key,
        CancellationToken cancellation
    )
    {
        var ask = new Dictionary<string, string> { ["question"] = question };
        if (session is not null)
            ask["sessionId"] = session;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(replica.Address, "api/questions"))
        {
            Content = new StringContent(JsonSerializer.Serialize(ask), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Accept.Add(EventStream);
        return http.SendAsync(request, cancellation);
    }

    /// <summary>Follows an answer, from the start or after an event.</summary>
    public Task<HttpResponseMessage> Follow(
        Replica replica,
        string answer,
        string? lastEvent,
        CancellationToken cancellation
    )
    {
        var request = Request(HttpMethod.Get, replica, $"api/answers/{answer}/stream");
        request.Headers.Accept.Add(EventStream);
        if (lastEvent is not null)
            request.Headers.Add("Last-Event-ID", lastEvent);
        return http.SendAsync(request, cancellation);
    }

    /// <summary>Reads an answer with the text generated so far.</summary>
    public async Task<Message> Answer(Replica replica, string answer, CancellationToken cancellation)
    {
        using var document = await Read(HttpMethod.Get, replica, $"api/answers/{answer}", cancellation);
        return MessageOf(document.RootElement);
    }

    /// <summary>Cancels an answer.</summary>
    public async Task<Message> Cancel(Replica replica, string answer, CancellationToken cancellation)
    {
        using var document = await Read(HttpMethod.Post, replica, $"api/answers/{answer}/cancel", cancellation);
        return MessageOf(document.RootElement);
    }

    /// <summary>Reads the first hundred messages of a session.</summary>
    public async Task<IReadOnlyList<Message>> Messages(Replica replica, string session, CancellationToken cancellation)
    {
        var path = $"api/sessions/{session}/messages?limit=100";
        using var document = await Read(HttpMethod.Get, replica, path, cancellation);
        return [.. document.RootElement.GetProperty("items").EnumerateArray().Select(MessageOf)];
    }

    /// <summary>Returns the status of the response to a request without a body.</summary>
    public async Task<HttpStatusCode> Status(
        HttpMethod method,
        Replica replica,
        string path,
        CancellationToken cancellation
    )
    {
        using var request = Request(method, replica, path);
        using var response = await http.SendAsync(request, cancellation);
        return response.StatusCode;
    }

    /// <summary>Converts JSON to a message.</summary>
    public static Message MessageOf(JsonElement message) =>
        new(
            message.GetProperty("id").GetString()!,
            message.GetProperty("role").GetString()!,
            message.GetProperty("content").GetString()!,
            message.GetProperty("status").GetString()!,
            message.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? error.GetProperty("code").GetString()
                : null
        );

    private async Task<JsonDocument> Read(
        HttpMethod method,
        Replica replica,
        string path,
        CancellationToken cancellation
    )
    {
        using var request = Request(method, replica, path);
        using var response = await http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {body}");
        return JsonDocument.Parse(body);
    }

    private static HttpRequestMessage Request(HttpMethod method, Replica replica, string path) =>
        new(method, new Uri(replica.Address, path));
}
