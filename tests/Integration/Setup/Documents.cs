using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace QrAi.Tests.Integration.Setup;

/// <summary>A document over HTTP.</summary>
public sealed record DocumentBody(
    Guid Id,
    string Name,
    string Title,
    string MediaType,
    long Size,
    string Sha256,
    string Status,
    bool Shared,
    string CreatedAt,
    string UpdatedAt,
    int? Pages = null,
    int? Passages = null,
    DocumentErrorBody? Error = null
);

/// <summary>The error of a document.</summary>
public sealed record DocumentErrorBody(string Code, string Message);

/// <summary>A passage over HTTP.</summary>
public sealed record PassageBody(
    Guid DocumentId,
    string Title,
    int Number,
    string Text,
    string? Heading = null,
    int? Page = null,
    float? Score = null
);

/// <summary>The result of a search over HTTP.</summary>
public sealed record FoundBody(IReadOnlyList<PassageBody> Passages);

/// <summary>Documents for callers.</summary>
public static class Documents
{
    /// <summary>Sends a file, and returns any response.</summary>
    public static Task<HttpResponseMessage> TryAddAsync(
        this QrAiClient qrai,
        string name,
        byte[] bytes,
        bool shared = false,
        string mediaType = "application/octet-stream"
    )
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        return qrai.PostAsync(
            $"/api/documents?name={Uri.EscapeDataString(name)}{(shared ? "&shared=true" : "")}",
            content
        );
    }

    /// <summary>Adds a new document.</summary>
    public static async Task<DocumentBody> AddAsync(this QrAiClient qrai, string name, string text, bool shared = false)
    {
        using var response = await qrai.TryAddAsync(name, Encoding.UTF8.GetBytes(text), shared);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        var document = await QrAiClient.ReadAsync<DocumentBody>(Task.FromResult(response));
        response.Headers.Location!.ToString().ShouldBe($"/api/documents/{document.Id}");
        return document;
    }

    /// <summary>Adds a new document, and waits until it is read.</summary>
    public static async Task<DocumentBody> AddReadyAsync(
        this QrAiClient qrai,
        string name,
        string text,
        bool shared = false
    ) => await qrai.WaitForAsync((await qrai.AddAsync(name, text, shared)).Id, "ready");

    /// <summary>Waits for a state of a document.</summary>
    public static Task<DocumentBody> WaitForAsync(this QrAiClient qrai, Guid id, string status) =>
        Eventually.Value(() => qrai.GetDocumentAsync(id), document => document.Status == status);

    public static Task<DocumentBody> GetDocumentAsync(this QrAiClient qrai, Guid id) =>
        QrAiClient.ReadAsync<DocumentBody>(qrai.GetAsync($"/api/documents/{id}"));

    public static Task<PageBody<DocumentBody>> ListDocumentsAsync(this QrAiClient qrai, string query = "") =>
        QrAiClient.ReadAsync<PageBody<DocumentBody>>(qrai.GetAsync("/api/documents" + query));

    public static Task<PageBody<PassageBody>> ListPassagesAsync(this QrAiClient qrai, Guid id, string query = "") =>
        QrAiClient.ReadAsync<PageBody<PassageBody>>(qrai.GetAsync($"/api/documents/{id}/passages{query}"));

    /// <summary>Searches, and returns the passages.</summary>
    public static async Task<IReadOnlyList<PassageBody>> SearchAsync(
        this QrAiClient qrai,
        string query,
        int? limit = null,
        IReadOnlyList<Guid>? documentIds = null
    ) =>
        (
            await QrAiClient.ReadAsync<FoundBody>(
                qrai.PostAsync(
                    "/api/search",
                    new Dictionary<string, object?>
                    {
                        ["query"] = query,
                        ["limit"] = limit,
                        ["documentIds"] = documentIds,
                    }
                        .Where(member => member.Value is not null)
                        .ToDictionary()
                )
            )
        ).Passages;
}
