using System.Text.Json;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.GraphQL;

/// <summary>A test that uses GraphQL.</summary>
public abstract class GraphQlTest(DatabaseKind kind) : IntegrationTest(kind)
{
    /// <summary>Executes an operation, which must have no error.</summary>
    /// <returns>Its data.</returns>
    protected static async Task<JsonElement> ExecuteAsync(QrAiHost qrai, string query, object? variables = null)
    {
        var result = await RequestAsync(qrai, query, variables);
        result.TryGetProperty("errors", out var errors).ShouldBeFalse(errors.ToString());
        return result.GetProperty("data");
    }

    /// <summary>Executes an operation, which must have one error.</summary>
    /// <returns>Its code and its extensions.</returns>
    protected static async Task<(string Code, JsonElement Extensions)> ErrorAsync(
        QrAiHost qrai,
        string query,
        object? variables = null
    )
    {
        var error = (await RequestAsync(qrai, query, variables)).GetProperty("errors").EnumerateArray().Single();
        error.GetProperty("message").GetString().ShouldNotBeNullOrWhiteSpace();
        var extensions = error.GetProperty("extensions");
        return (extensions.GetProperty("code").GetString()!, extensions);
    }

    /// <summary>Executes an operation, and returns its result with any errors.</summary>
    protected static async Task<JsonElement> RequestAsync(QrAiHost qrai, string query, object? variables = null)
    {
        using var response = await qrai.PostAsync("/graphql", new { query, variables });
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Executes an operation as a stream.</summary>
    protected static async Task<EventStreamReader> StreamAsync(QrAiHost qrai, string query, object? variables = null) =>
        await EventStreamReader.OpenAsync(
            await qrai.SendAsync(
                HttpMethod.Post,
                "/graphql",
                new { query, variables },
                headers => headers.Accept.ParseAdd("text/event-stream"),
                HttpCompletionOption.ResponseHeadersRead
            )
        );
}
