using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.GraphQL;

/// <summary>The result of an operation, as https://spec.graphql.org/October2021/#sec-Response-Format defines it.</summary>
/// <remarks>Only for the description: <see cref="GraphQlResultWriter"/> writes results without it.</remarks>
/// <param name="Data">The fields that were requested; left out if nothing was executed.</param>
/// <param name="Errors">What failed; left out if nothing did.</param>
/// <param name="Extensions">Not used.</param>
internal sealed record GraphQlResult(
    JsonObject? Data = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<GraphQlError>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonObject? Extensions = null
);

/// <summary>An error of an operation.</summary>
/// <param name="Message">A sentence about this occurrence.</param>
/// <param name="Extensions">The code of the error, and what belongs to it.</param>
/// <param name="Locations">Where in the document it occurred.</param>
/// <param name="Path">Where in the result it occurred: names of fields and indexes of lists.</param>
internal sealed record GraphQlError(
    string Message,
    GraphQlErrorExtensions Extensions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyList<GraphQlLocation>? Locations = null,
    [property:
        JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull),
        ItemType(JsonSchemaType.String | JsonSchemaType.Integer)
    ]
        IReadOnlyList<object>? Path = null
);

/// <summary>A place in a document.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
internal sealed record GraphQlLocation(int Line, int Column);

/// <summary>What an error has beside its message.</summary>
/// <param name="Code">The same codes as those of problems.</param>
/// <param name="Errors">The rules that the arguments break, by field.</param>
/// <param name="RetryAfter">The seconds after which a later attempt may succeed.</param>
/// <param name="SessionId">The session of the answer that failed.</param>
/// <param name="AnswerId">The id of the answer that failed.</param>
internal sealed record GraphQlErrorExtensions(
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string[]>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetryAfter = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? SessionId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? AnswerId = null
);
