using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace QrAi.SearchProof;

/// <summary>A caller of the service.</summary>
internal sealed class Client(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };

    public void Dispose() => _http.Dispose();

    /// <summary>Waits until the service is ready.</summary>
    public async Task Ready(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                using var response = await _http.GetAsync("/health/ready", cancellation);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>Adds a passage as a document.</summary>
    /// <returns>The id of the document.</returns>
    public async Task<Guid> Add(Passage passage, CancellationToken cancellation)
    {
        using var content = new StringContent($"# {passage.Title}\n\n{passage.Text}\n", Encoding.UTF8, "text/markdown");
        using var response = await _http.PostAsync($"/api/documents?name={passage.Id}.md", content, cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("id").GetGuid();
    }

    /// <summary>Whether a document is in a state.</summary>
    public async Task<bool> Has(string status, CancellationToken cancellation) =>
        (await _http.GetFromJsonAsync<JsonElement>($"/api/documents?limit=1&status={status}", cancellation))
            .GetProperty("items")
            .GetArrayLength() > 0;

    /// <summary>Asks a question, and reads the answer to its end.</summary>
    /// <param name="question">The question.</param>
    /// <param name="sources">Its sources: <c>documents</c> or <c>none</c>.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The time until the first text.</returns>
    public async Task<TimeSpan> FirstToken(string question, string sources, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/questions");
        request.Content = JsonContent.Create(new { question, sources });
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var first = TimeSpan.Zero;
        await foreach (var one in SseParser.Create(body).EnumerateAsync(cancellation))
            if (first == TimeSpan.Zero && one.EventType == "delta")
                first = Stopwatch.GetElapsedTime(start);
        return first;
    }

    /// <summary>Returns the number of sessions on the first page of a search; without a query, of the list.</summary>
    public async Task<int> CountSessions(string? query, CancellationToken cancellation) =>
        (
            await _http.GetFromJsonAsync<JsonElement>(
                query is null ? "/api/sessions" : $"/api/sessions?q={Uri.EscapeDataString(query)}",
                cancellation
            )
        )
            .GetProperty("items")
            .GetArrayLength();

    /// <summary>Searches.</summary>
    /// <returns>The documents of the ten best passages, each once.</returns>
    public async Task<List<Guid>> Search(string query, CancellationToken cancellation)
    {
        using var response = await _http.PostAsJsonAsync("/api/search", new { query, limit = 10 }, cancellation);
        response.EnsureSuccessStatusCode();
        var found = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return
        [
            .. found
                .GetProperty("passages")
                .EnumerateArray()
                .Select(passage => passage.GetProperty("documentId").GetGuid())
                .Distinct(),
        ];
    }
}
