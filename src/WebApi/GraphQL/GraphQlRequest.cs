using System.Text.Json;
using GraphQL;
using GraphQL.SystemTextJson;
using QrAi.Application.Errors;
using QrAi.WebApi.Endpoints;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.GraphQL;

/// <summary>A request as GraphQL over HTTP has it: https://graphql.github.io/graphql-over-http/draft/#sec-Request.</summary>
/// <param name="Query">The document.</param>
/// <param name="OperationName">Which of its operations, where there are several.</param>
/// <param name="Variables">The variables.</param>
internal sealed record GraphQlRequest(string Query, string? OperationName, Inputs? Variables)
{
    private static readonly JsonSerializerOptions Json = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a body.</summary>
    /// <exception cref="BadHttpRequestException">It is no JSON.</exception>
    /// <exception cref="InvalidRequestException">A member is not what it has to be.</exception>
    public static async Task<GraphQlRequest> ReadBodyAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync<JsonElement>(http, Json, cancellationToken);
        return body.ValueKind == JsonValueKind.Object
            ? Read(body)
            : throw new InvalidRequestException("body", "must be a JSON object with a query");
    }

    /// <summary>Reads the parameters of a <c>GET</c>.</summary>
    /// <exception cref="InvalidRequestException">A parameter is not what it has to be.</exception>
    public static GraphQlRequest ReadParameters(IQueryCollection parameters)
    {
        RequestParameters.RequireSingle(parameters);
        return new GraphQlRequest(
            parameters["query"] is [{ Length: > 0 } query] ? query : throw MissingQuery(),
            parameters["operationName"] is [{ Length: > 0 } name] ? name : null,
            ToInputs("variables", ParseParameter("variables", parameters["variables"]))
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
        if (Member(body, "extensions") is not (null or { ValueKind: JsonValueKind.Object }))
            throw new InvalidRequestException("extensions", "must be an object");
        return new GraphQlRequest(query, name, ToInputs("variables", Member(body, "variables")));
    }

    /// <summary>A member that is there and not null.</summary>
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
