using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Components.WebAssembly.Http;

namespace QrAi.WebApp.Api;

/// <summary>The service, as any client calls it.</summary>
/// <param name="http">Sends the requests.</param>
public sealed class QrAiApi(HttpClient http)
{
    private const string EventStream = "text/event-stream";

    /// <summary>Asks a question.</summary>
    /// <param name="pending">The question, with the key that makes it safe to repeat.</param>
    /// <param name="cancellationToken">Stops reading; the answer is completed nonetheless.</param>
    /// <returns>The response, whose body is the events of the answer.</returns>
    public Task<HttpResponseMessage> AskAsync(PendingQuestion pending, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "api/questions")
        {
            Content = JsonContent.Create(pending.Question, ContractJson.Default.Question),
        };
        request.Headers.Add("Idempotency-Key", pending.Key);
        return StreamAsync(request, cancellationToken);
    }

    /// <summary>Follows an answer.</summary>
    /// <param name="answerId">The answer.</param>
    /// <param name="lastEventId">The last event that is known; null for all events.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The response, whose body is the events of the answer; a 204 if there are no more.</returns>
    public Task<HttpResponseMessage> FollowAsync(
        Guid answerId,
        string? lastEventId,
        CancellationToken cancellationToken
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"api/answers/{answerId}/stream");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return StreamAsync(request, cancellationToken);
    }

    /// <summary>Reads an answer.</summary>
    public Task<Message> GetAnswerAsync(Guid id) => GetAsync($"api/answers/{id}", ContractJson.Default.Message);

    /// <summary>Stops an answer.</summary>
    public Task<Message> CancelAsync(Guid answerId) =>
        SendAsync(HttpMethod.Post, $"api/answers/{answerId}/cancel", null, ContractJson.Default.Message);

    /// <summary>Lists sessions, those with the latest activity first.</summary>
    public Task<ItemPage<Session>> ListSessionsAsync(string? query, string? cursor) =>
        GetAsync(
            $"api/sessions?limit=50{Parameter("q", query)}{Parameter("cursor", cursor)}",
            ContractJson.Default.ItemPageSession
        );

    /// <summary>Reads a session.</summary>
    public Task<Session> GetSessionAsync(Guid id) => GetAsync($"api/sessions/{id}", ContractJson.Default.Session);

    /// <summary>Renames a session.</summary>
    public Task<Session> RenameAsync(Guid id, string title) =>
        SendAsync(
            HttpMethod.Patch,
            $"api/sessions/{id}",
            JsonContent.Create(new Title(title), ContractJson.Default.Title),
            ContractJson.Default.Session
        );

    /// <summary>Deletes a session with its messages.</summary>
    public Task DeleteSessionAsync(Guid id) => DeleteAsync($"api/sessions/{id}");

    /// <summary>Lists messages of a session, the newest first.</summary>
    public Task<ItemPage<Message>> ListMessagesAsync(Guid sessionId, string? cursor) =>
        GetAsync(
            $"api/sessions/{sessionId}/messages?order=newest&limit=100{Parameter("cursor", cursor)}",
            ContractJson.Default.ItemPageMessage
        );

    /// <summary>Lists the models that can be asked for.</summary>
    public Task<ModelList> ListModelsAsync() => GetAsync("v1/models", ContractJson.Default.ModelList);

    /// <summary>Lists documents, the newest first.</summary>
    public Task<ItemPage<Document>> ListDocumentsAsync(string? query, string? cursor) =>
        GetAsync(
            $"api/documents?limit=50{Parameter("q", query)}{Parameter("cursor", cursor)}",
            ContractJson.Default.ItemPageDocument
        );

    /// <summary>Reads a document.</summary>
    public Task<Document> GetDocumentAsync(Guid id) => GetAsync($"api/documents/{id}", ContractJson.Default.Document);

    /// <summary>Adds a document.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="content">The file.</param>
    /// <param name="isShared">Whether all owners can read it.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    public Task<Document> AddDocumentAsync(
        string name,
        Stream content,
        bool isShared,
        CancellationToken cancellationToken
    )
    {
        var body = new StreamContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return SendAsync(
            HttpMethod.Post,
            $"api/documents?name={Uri.EscapeDataString(name)}{(isShared ? "&shared=true" : "")}",
            body,
            ContractJson.Default.Document,
            cancellationToken
        );
    }

    /// <summary>Deletes a document.</summary>
    public Task DeleteDocumentAsync(Guid id) => DeleteAsync($"api/documents/{id}");

    /// <summary>Reads a page of the passages of a document.</summary>
    public Task<ItemPage<Passage>> ListPassagesAsync(Guid documentId, string? cursor) =>
        GetAsync(
            $"api/documents/{documentId}/passages?limit=100{Parameter("cursor", cursor)}",
            ContractJson.Default.ItemPagePassage
        );

    /// <summary>Reads the file of a document.</summary>
    public async Task<byte[]> GetContentAsync(Guid documentId)
    {
        using var response = await http.GetAsync($"api/documents/{documentId}/content");
        await ThrowIfFailedAsync(response, default);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private static string Parameter(string name, string? value) =>
        string.IsNullOrEmpty(value) ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private async Task<HttpResponseMessage> StreamAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Accept.ParseAdd(EventStream);
        request.SetBrowserResponseStreamingEnabled(true);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await ThrowIfFailedAsync(response, cancellationToken);
        return response;
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type) => SendAsync(HttpMethod.Get, path, null, type);

    private async Task DeleteAsync(string path)
    {
        using var response = await http.DeleteAsync(path);
        if (response.StatusCode != HttpStatusCode.NotFound) // it is gone already
            await ThrowIfFailedAsync(response, default);
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        HttpContent? body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken = default
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var response = await http.SendAsync(request, cancellationToken);
        await ThrowIfFailedAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync(type, cancellationToken)
            ?? throw new JsonException("The response has no body.");
    }

    private static async Task ThrowIfFailedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            problem = await response.Content.ReadFromJsonAsync(ContractJson.Default.Problem, cancellationToken);
        var failure = new ApiException(response.StatusCode, problem, response.Headers.RetryAfter?.Delta);
        response.Dispose();
        throw failure;
    }
}
