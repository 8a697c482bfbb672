using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// The replies of a provider to requests of vectors. Texts with words of one concept, in any language, have similar vectors; a
/// text without any has a vector without a direction. Each model has a dimension of its own. Thread-safe.
/// </summary>
public sealed class EmbeddingScript
{
    private static readonly string[][] _concepts =
    [
        ["car", "自動車", "vehicle"],
        ["leave", "休暇", "vacation"],
        ["salary", "給与", "wages"],
        ["ocean", "海", "sea"],
    ];

    private readonly Lock _lock = new();
    private readonly List<EmbeddingRequest> _requests = [];

    /// <summary>The status of replies; an error has no vectors.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>Changes the vectors of a reply; null to send them as they are.</summary>
    public Action<JsonArray>? Distort { get; set; }

    /// <summary>Completes before a request is answered; null to answer at once.</summary>
    public Func<EmbeddingRequest, Task>? Gate { get; set; }

    /// <summary>All requests so far, in order.</summary>
    public IReadOnlyList<EmbeddingRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>The texts of all requests so far, by the number of requests that had them.</summary>
    public IEnumerable<string> Texts => Requests.SelectMany(request => request.Texts);

    /// <summary>Returns the vector of a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    public static float[] Embed(string model, string text)
    {
        var vector = new float[_concepts.Length + model.Length];
        for (var concept = 0; concept < _concepts.Length; concept++)
            // A model orders concepts as no model of another dimension does.
            vector[vector.Length - 1 - concept] = _concepts[concept]
                .Count(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
        return vector;
    }

    internal async Task AnswerAsync(HttpContext http)
    {
        var body = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var request = new EmbeddingRequest(
            body!["model"]!.GetValue<string>(),
            [.. body["input"]!.AsArray().Select(text => text!.GetValue<string>())],
            http.Request.Headers.Authorization.ToString()
        );
        lock (_lock)
            _requests.Add(request);
        await (Gate?.Invoke(request) ?? Task.CompletedTask).WaitAsync(http.RequestAborted);
        http.Response.StatusCode = Status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(Status == StatusCodes.Status200OK ? Reply(request) : ErrorBody());

        string ErrorBody() => Providers.Reply.ErrorBody(Status, "No vectors.");
    }

    private string Reply(EmbeddingRequest request)
    {
        var data = new JsonArray([
            .. request.Texts.Select(
                (text, index) =>
                    new JsonObject
                    {
                        ["object"] = "embedding",
                        ["index"] = index,
                        ["embedding"] = JsonSerializer.SerializeToNode(Embed(request.Model, text)),
                    }
            ),
        ]);
        Distort?.Invoke(data);
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = data,
            ["model"] = request.Model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = 7, ["total_tokens"] = 7 },
        }.ToJsonString();
    }
}

/// <summary>A request of vectors.</summary>
/// <param name="Model">The model.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Authorization">The header with the key.</param>
public sealed record EmbeddingRequest(string Model, IReadOnlyList<string> Texts, string Authorization);
