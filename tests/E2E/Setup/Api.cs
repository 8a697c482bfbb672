using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.E2E.Setup;

/// <summary>The HTTP interface as a caller uses it.</summary>
internal static class Api
{
    /// <summary>Asks a question, and returns any response.</summary>
    public static Task<HttpResponseMessage> PostQuestionAsync(
        this HttpClient http,
        string question,
        string? sessionId = null,
        string? provider = null
    ) => http.PostAsJsonAsync("/api/questions", Body(question, sessionId, provider));

    /// <summary>Asks a question, and returns the body of the response, which must be 200.</summary>
    public static async Task<JsonElement> AskAsync(
        this HttpClient http,
        string question,
        string? sessionId = null,
        string? provider = null
    )
    {
        using var response = await http.PostQuestionAsync(question, sessionId, provider);
        return await response.JsonAsync();
    }

    /// <summary>Asks a question, and returns the stream.</summary>
    public static async Task<EventStreamReader> StreamAsync(
        this HttpClient http,
        string question,
        string? sessionId = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/questions");
        request.Content = JsonContent.Create(Body(question, sessionId, null));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return await EventStreamReader.OpenAsync(
            await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)
        );
    }

    /// <summary>Follows an answer after an event.</summary>
    public static async Task<EventStreamReader> FollowAsync(this HttpClient http, string answerId, string? after = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/answers/{answerId}/stream");
        if (after is not null)
            request.Headers.Add("Last-Event-ID", after);
        return await EventStreamReader.OpenAsync(
            await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)
        );
    }

    /// <summary>Gets the body of a response, which must be 200.</summary>
    public static async Task<JsonElement> ReadAsync(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return await response.JsonAsync();
    }

    public static async Task<HttpStatusCode> StatusAsync(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return response.StatusCode;
    }

    /// <summary>Returns all messages of a session.</summary>
    public static async Task<IReadOnlyList<JsonElement>> MessagesAsync(this HttpClient http, string sessionId)
    {
        var page = await http.ReadAsync($"/api/sessions/{sessionId}/messages?limit=100");
        page.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    /// <summary>Returns the body of a response, which must have the status.</summary>
    public static async Task<JsonElement> JsonAsync(
        this HttpResponseMessage response,
        HttpStatusCode status = HttpStatusCode.OK
    )
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        return JsonElement.Parse(body);
    }

    /// <summary>Returns a string at a path such as <c>answer.content</c>; null if there is none.</summary>
    public static string? Text(this JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        return json.GetString();
    }

    private static Dictionary<string, string> Body(string question, string? sessionId, string? provider)
    {
        var body = new Dictionary<string, string> { ["question"] = question };
        if (sessionId is not null)
            body["sessionId"] = sessionId;
        if (provider is not null)
            body["provider"] = provider;
        return body;
    }
}
