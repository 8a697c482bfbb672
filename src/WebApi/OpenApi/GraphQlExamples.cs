using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GraphQL;
using QrAi.WebApi.Errors;
using QrAi.WebApi.GraphQL;

namespace QrAi.WebApi.OpenApi;

/// <summary>Examples of GraphQL.</summary>
internal static class GraphQlExamples
{
    private static readonly JsonSerializerOptions _sparse = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Example _data = new(
        "data",
        new GraphQlResult(
            new JsonObject
            {
                ["sessions"] = new JsonObject
                {
                    ["nodes"] = new JsonArray(new JsonObject { ["title"] = Examples.Question }),
                },
            }
        ),
        _sparse
    );

    private static readonly Example _errors = Errors(
        new GraphQlError(
            "Cannot query field 'nope' on type 'Query'.",
            new GraphQlErrorExtensions(ErrorKind.InvalidRequest.Code),
            [new GraphQlLocation(1, 3)]
        )
    );

    /// <summary>The results of an operation as events.</summary>
    public static EventStream Stream { get; } =
        new(
            "An event `next` with each result, and last `complete`, whose data is empty. A comment line is sent after every "
                + "15 s of silence.",
            new Dictionary<string, Type> { ["next"] = typeof(GraphQlResult) },
            _ => "event: next\ndata: {\"data\":{\"answer\":{\"text\":\"東京\"}}}\n\nevent: complete\ndata: \n\n"
        );

    /// <summary>The examples of requests, by type.</summary>
    public static IReadOnlyDictionary<Type, Example[]> Requests { get; } =
        new Dictionary<Type, Example[]>
        {
            [typeof(GraphQlRequest)] =
            [
                new("query", new GraphQlRequest("{ sessions { nodes { title } } }"), _sparse),
                new(
                    "mutation",
                    new GraphQlRequest(
                        "mutation($q: String!) { ask(input: { question: $q }) { answer { content } } }",
                        Variables: new Inputs(new Dictionary<string, object?> { ["q"] = Examples.Question })
                    ),
                    _sparse
                ),
            ],
        };

    /// <summary>The examples of a response.</summary>
    public static IReadOnlyList<Example> OfResponse(Type type, int status) =>
        type != typeof(GraphQlResult) ? []
        : status == StatusCodes.Status200OK ? [_data, _errors]
        : status == StatusCodes.Status400BadRequest ? [_errors]
        : [OfStatus(ErrorMap.Describe(status))];

    private static Example OfStatus(ErrorDescription error) =>
        Errors(new GraphQlError(error.Detail, new GraphQlErrorExtensions(error.Kind.Code)));

    private static Example Errors(GraphQlError error) => new("errors", new GraphQlResult(Errors: [error]), _sparse);
}
