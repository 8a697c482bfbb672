using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>A test that uses the OpenAI protocol, independent of the database.</summary>
public abstract class OpenAiTest() : IntegrationTest(DatabaseKind.Sqlite)
{
    /// <summary>Creates a request with one message of the user.</summary>
    protected static Dictionary<string, object?> Request(string model = "openrouter", string text = "Who?") =>
        new() { ["model"] = model, ["messages"] = new[] { new { role = "user", content = text } } };

    /// <summary>Sends a request, and reads the complete response.</summary>
    protected static async Task<JsonElement> CompleteAsync(QrAiHost qrai, object body) =>
        await QrAiClient.ReadAsync<JsonElement>(qrai.PostAsync("/v1/chat/completions", body));

    /// <summary>Sends a request, and opens the stream of the response.</summary>
    protected static async Task<EventStreamReader> StreamAsync(QrAiHost qrai, Dictionary<string, object?> body)
    {
        body["stream"] = true;
        return await EventStreamReader.OpenAsync(
            await qrai.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                body,
                until: HttpCompletionOption.ResponseHeadersRead
            )
        );
    }

    /// <summary>Reads an error, which must have exactly the format of OpenAI.</summary>
    protected static async Task<(HttpStatusCode Status, string Code, string? Param, string Message)> ErrorAsync(
        Task<HttpResponseMessage> sending
    )
    {
        using var response = await sending;
        var body = await response.Content.ReadAsStringAsync();
        response.Content.Headers.ContentType?.ToString().ShouldBe("application/json; charset=utf-8", body);
        var root = JsonElement.Parse(body);
        root.EnumerateObject().Select(member => member.Name).ShouldBe(["error"]);
        var error = root.GetProperty("error");
        error.EnumerateObject().Select(member => member.Name).ShouldBe(["message", "type", "param", "code"]);
        return (
            response.StatusCode,
            error.GetProperty("code").GetString()!,
            error.GetProperty("param").GetString(),
            error.GetProperty("message").GetString()!
        );
    }
}
