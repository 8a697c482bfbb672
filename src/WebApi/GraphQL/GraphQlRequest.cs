using System.Text.Json;
using System.Text.Json.Serialization;
using GraphQL;
using GraphQL.SystemTextJson;
using QrAi.Application.Errors;
using QrAi.WebApi.Endpoints;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.GraphQL;

/// <summary>A request of GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/#sec-Request.</summary>
/// <param name="Query">The document.</param>
/// <param name="OperationName">Which of the document's operations is executed, where it has several.</param>
/// <param name="Variables">The variables, a JSON object.</param>
/// <param name="Extensions">Not used; a JSON object.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record GraphQlRequest(
    string Query,
    string? OperationName = null,
    Inputs? Variables = null,
    Inputs? Extensions = null
)
{
    private static readonly JsonSerializerOptions Json = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a body.</summary>
    /// <exception cref="BadHttpRequestException">It is not JSON.</exception>
    /// <exception cref="InvalidRequestException">A member is invalid.</exception>
    public static async Task<GraphQlRequest> ReadBodyAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync<JsonElement>(http, Json, cancellationToken);
        return body.ValueKind == JsonValueKind.Object
            ? Read(body)
            : throw new InvalidRequestException("body", "must be a JSON object with a query");
    }

    /// <summary>Reads the parameters of a <c>GET</c>.</summary>
    /// <exception cref="InvalidRequestException">A parameter is invalid.</exception>
    public static GraphQlRequest ReadParameters(
        IQueryCollection parameters,
        string? query,
        string? operationName,
        string? variables,
        string? extensions
    )
    {
        RequestParameters.RequireSingle(parameters);
        return new GraphQlRequest(
            string.IsNullOrEmpty(query) ? throw MissingQuery() : query,
            string.IsNullOrEmpty(operationName) ? null : operationName,
            ToInputs("variables", ParseParameter("variables", variables)),
            ToInputs("extensions", ParseParameter("extensions", extensions))
        );
    }

    private static GraphQlRequest Read(JsonElement body)
    {
        var query =
            Member(body, "query") is { ValueKind: JsonValueKind.String } text
            && Text("query", text) is { Length: > 0 } document
                ? document
                : throw MissingQuery();
        var name = Member(body, "operationName") switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } named => Text("operationName", named),
            _ => throw new InvalidRequestException("operationName", "must be a string"),
        };
        return new GraphQlRequest(
            query,
            name,
            ToInputs("variables", Member(body, "variables")),
            ToInputs("extensions", Member(body, "extensions"))
        );
    }

    /// <summary>A member that is present and not null.</summary>
    private static JsonElement? Member(JsonElement body, string name) =>
        body.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static string? Text(string name, JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException(name, "must be well-formed Unicode");
        }
    }

    private static JsonElement? ParseParameter(string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        try
        {
            var parsed = JsonSerializer.Deserialize<JsonElement>(value, Json);
            return parsed.ValueKind == JsonValueKind.Null ? null : parsed;
        }
        catch (JsonException)
        {
            throw new InvalidRequestException(name, "must be a JSON object");
        }
    }

    private static Inputs? ToInputs(string name, JsonElement? element)
    {
        if (element is null)
            return null;
        if (element is not { ValueKind: JsonValueKind.Object } map)
            throw new InvalidRequestException(name, "must be a JSON object");
        try
        {
            return Serializer.ReadNode<Inputs>(map);
        }
        catch (Exception exception) when (exception is InvalidOperationException or JsonException or FormatException)
        {
            throw new InvalidRequestException(name, "must be a JSON object of well-formed values");
        }
    }

    private static readonly GraphQLSerializer Serializer = new();

    private static InvalidRequestException MissingQuery() => new("query", "must be a document with an operation");
}
