using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Setup;

/// <summary>
/// A caller over HTTP. Methods that return a body expect success; tests of failures use <see cref="SendAsync"/> and
/// <c>ShouldBeProblem</c>.
/// </summary>
public class QrAiClient(Uri address) : IAsyncDisposable
{
    protected HttpClient Http { get; } =
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
            }
        )
        {
            BaseAddress = address,
            Timeout = Eventually.DefaultLimit,
        };

    /// <summary>The key or token for authentication; null for none.</summary>
    public string? Bearer { get; init; }

    /// <summary>The address of the service.</summary>
    public Uri Address => address;

    /// <summary>Sends a request; a body that is not <see cref="HttpContent"/> is sent as JSON.</summary>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body = null,
        Action<HttpRequestHeaders>? headers = null,
        HttpCompletionOption until = HttpCompletionOption.ResponseContentRead,
        CancellationToken cancellationToken = default
    )
    {
        var request = new HttpRequestMessage(method, path)
        {
            Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body, options: Wire.Json)),
        };
        if (Bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Bearer);
        headers?.Invoke(request.Headers);
        return Http.SendAsync(request, until, cancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<HttpResponseMessage> PostAsync(string path, object? body = null) =>
        SendAsync(HttpMethod.Post, path, body);

    /// <summary>Asks a question, and returns any response.</summary>
    public Task<HttpResponseMessage> TryAskAsync(
        string question,
        Guid? sessionId = null,
        string? provider = null,
        string? model = null,
        CancellationToken cancellationToken = default
    ) =>
        SendAsync(
            HttpMethod.Post,
            "/api/questions",
            QuestionBody(question, sessionId, provider, model),
            cancellationToken: cancellationToken
        );

    /// <summary>Asks a question, and waits for the complete answer.</summary>
    public Task<AnsweredBody> AskAsync(
        string question,
        Guid? sessionId = null,
        string? provider = null,
        string? model = null
    ) => ReadAsync<AnsweredBody>(TryAskAsync(question, sessionId, provider, model));

    /// <summary>Asks a question, and follows its answer; returns after the response headers.</summary>
    public async Task<EventStreamReader> AskStreamingAsync(string question, Guid? sessionId = null) =>
        await EventStreamReader.OpenAsync(
            await SendAsync(
                HttpMethod.Post,
                "/api/questions",
                QuestionBody(question, sessionId, null, null),
                headers => headers.Accept.ParseAdd("text/event-stream"),
                HttpCompletionOption.ResponseHeadersRead
            )
        );

    /// <summary>Follows an answer from the start, or after an event.</summary>
    public async Task<EventStreamReader> FollowAsync(Guid answerId, string? lastEventId = null) =>
        await EventStreamReader.OpenAsync(
            await SendAsync(
                HttpMethod.Get,
                $"/api/answers/{answerId}/stream",
                headers: headers =>
                {
                    if (lastEventId is { } id)
                        headers.Add("Last-Event-ID", id);
                },
                until: HttpCompletionOption.ResponseHeadersRead
            )
        );

    public Task<SessionBody> CreateSessionAsync(string? title = null) =>
        ReadAsync<SessionBody>(PostAsync("/api/sessions", title is null ? new { } : new { title }));

    public Task<SessionBody> GetSessionAsync(Guid id) => ReadAsync<SessionBody>(GetAsync($"/api/sessions/{id}"));

    public Task<SessionBody> RenameSessionAsync(Guid id, string title) =>
        ReadAsync<SessionBody>(SendAsync(HttpMethod.Patch, $"/api/sessions/{id}", new { title }));

    public async Task DeleteSessionAsync(Guid id)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"/api/sessions/{id}");
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.NoContent);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    public Task<PageBody<SessionBody>> ListSessionsAsync(int? limit = null, string? cursor = null, string? q = null) =>
        ReadAsync<PageBody<SessionBody>>(GetAsync("/api/sessions" + Query(limit, cursor, q)));

    public Task<PageBody<MessageBody>> ListMessagesAsync(Guid sessionId, int? limit = null, string? cursor = null) =>
        ReadAsync<PageBody<MessageBody>>(GetAsync($"/api/sessions/{sessionId}/messages" + Query(limit, cursor, null)));

    public Task<MessageBody> GetAnswerAsync(Guid id) => ReadAsync<MessageBody>(GetAsync($"/api/answers/{id}"));

    /// <summary>Returns the last answer of the session with the latest activity.</summary>
    public async Task<MessageBody> LatestAnswerAsync()
    {
        var session = (await ListSessionsAsync(1)).Items.Single();
        return await GetAnswerAsync((await ListMessagesAsync(session.Id)).Items[^1].Id);
    }

    public Task<MessageBody> CancelAsync(Guid answerId) =>
        ReadAsync<MessageBody>(PostAsync($"/api/answers/{answerId}/cancel"));

    /// <summary>Reads a body, which a successful response must have.</summary>
    public static async Task<T> ReadAsync<T>(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.StatusCode}: {text}");
        response.Content.Headers.ContentType?.ToString().ShouldBe("application/json; charset=utf-8");
        return System.Text.Json.JsonSerializer.Deserialize<T>(text, Wire.Json)!;
    }

    public virtual ValueTask DisposeAsync()
    {
        Http.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private static Dictionary<string, object> QuestionBody(
        string question,
        Guid? sessionId,
        string? provider,
        string? model
    )
    {
        var body = new Dictionary<string, object> { ["question"] = question };
        if (sessionId is { } id)
            body["sessionId"] = id;
        if (provider is not null)
            body["provider"] = provider;
        if (model is not null)
            body["model"] = model;
        return body;
    }

    private static string Query(int? limit, string? cursor, string? q)
    {
        var parameters = new List<string>();
        if (limit is { } number)
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"limit={number}"));
        if (cursor is not null)
            parameters.Add("cursor=" + Uri.EscapeDataString(cursor));
        if (q is not null)
            parameters.Add("q=" + Uri.EscapeDataString(q));
        return parameters.Count == 0 ? "" : "?" + string.Join('&', parameters);
    }
}
