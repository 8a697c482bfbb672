using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using QrAi.WebApi.Errors;
using QrAi.WebApi.OpenAi;

namespace QrAi.WebApi.OpenApi;

/// <summary>
/// Describes the error responses of each operation: one for each status, with an example for each code. Operations with the
/// same errors share a component.
/// </summary>
/// <param name="json">The JSON options of the service.</param>
internal sealed class FailureResponses(IOptions<JsonOptions> json) : IOpenApiOperationTransformer
{
    private const string Default = "default";

    public async Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var isOpenAi = OpenAiError.IsExpectedAt($"/{context.Description.RelativePath}");
        var body = isOpenAi ? typeof(OpenAiError) : typeof(Problem);
        var document = context.Document!;
        var schema = await context.ReferToAsync(body, cancellationToken);

        var kinds = KindsOf(operation, context);
        foreach (var failure in kinds.GroupBy(kind => $"{kind.Status}"))
            Add(failure.Key, NameOf([.. failure]), [.. failure]);
        Add(Default, "OtherError", Failures.OfEverything.Kinds);
        if (!kinds.Contains(ErrorKind.Unauthenticated))
            operation.Security = []; // open to everyone

        void Add(string status, string name, IReadOnlyList<ErrorKind> ofStatus)
        {
            var failure = Describe(ofStatus, isOpenAi, schema, document);
            if (operation.Responses!.TryGetValue(status, out var own))
            {
                AddTo((OpenApiResponse)own, failure);
                return;
            }

            var component = isOpenAi ? $"OpenAi{name}" : name;
            document.AddComponent(component, failure);
            operation.Responses[status] = new OpenApiResponseReference(component, document);
        }
    }

    private static List<ErrorKind> KindsOf(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var failures = context.Description.ActionDescriptor.EndpointMetadata.OfType<Failures>();
        if (operation.RequestBody is not null)
            failures = failures.Append(Failures.OfBodies);
        if (IdempotencyKeyParameter.IsAcceptedBy(context.Description))
            failures = failures.Append(Failures.OfIdempotencyKeys);
        var stated = failures.SelectMany(failure => failure.Kinds).ToHashSet();
        return [.. ErrorKind.All.Where(stated.Contains).OrderBy(kind => kind.Status)];
    }

    /// <summary>Adds an error to a response that the endpoint has with the same status, in another media type.</summary>
    private static void AddTo(OpenApiResponse response, OpenApiResponse failure)
    {
        foreach (var (mediaType, content) in failure.Content!)
            response.Content!.TryAdd(mediaType, content);
        foreach (var (name, header) in failure.Headers!)
            response.Headers!.TryAdd(name, header);
    }

    /// <summary>Names a response by its code, or by its status where it can have each code of the status.</summary>
    private static string NameOf(IReadOnlyList<ErrorKind> kinds) =>
        kinds.Count > 1 && kinds.Count == ErrorKind.All.Count(kind => kind.Status == kinds[0].Status)
            ? ReasonPhrases.GetReasonPhrase(kinds[0].Status).Replace(" ", "", StringComparison.Ordinal)
            : string.Join("Or", kinds.Select(kind => PascalCase(kind.Code)));

    private static string PascalCase(string code) =>
        string.Concat(code.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private OpenApiResponse Describe(
        IReadOnlyList<ErrorKind> kinds,
        bool isOpenAi,
        OpenApiSchemaReference schema,
        OpenApiDocument document
    )
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(" ", kinds.SelectMany(SentencesOf).Distinct()),
            Headers = new Dictionary<string, IOpenApiHeader>(),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [isOpenAi ? "application/json" : Problems.MediaType] = new()
                {
                    Schema = schema,
                    Examples = kinds.ToDictionary(
                        kind => kind.Code,
                        IOpenApiExample (kind) =>
                            new OpenApiExample { Summary = kind.Title, Value = ExampleOf(kind, isOpenAi) }
                    ),
                },
            },
        };
        if (kinds.All(kind => kind.RetryAfter is not null))
            response.Headers["Retry-After"] = new OpenApiHeaderReference(ResponseHeaders.RetryAfter, document);
        if (kinds.Contains(ErrorKind.Unauthenticated))
            response.Headers["WWW-Authenticate"] = new OpenApiHeaderReference(ResponseHeaders.Authenticate, document);
        return response;
    }

    private static IEnumerable<string> SentencesOf(ErrorKind kind)
    {
        yield return $"{kind.Title}.";
        if (kind.Remarks is { } remarks)
            yield return remarks;
    }

    private JsonNode? ExampleOf(ErrorKind kind, bool isOpenAi) =>
        isOpenAi
            ? JsonSerializer.SerializeToNode(OpenAiError.Of(ErrorExamples.OfOpenAi(kind)), OpenAiJson.Options)
            : JsonSerializer.SerializeToNode(
                Problem.Of(ErrorExamples.Of(kind), ErrorExamples.TraceId),
                json.Value.SerializerOptions
            );
}
