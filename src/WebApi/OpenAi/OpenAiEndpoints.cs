using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using System.Text.Json.Serialization;
using MediatR;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.OpenAi;

/// <summary>The part of OpenAI's API that chat clients use, so that they need only another address.</summary>
internal static class OpenAiEndpoints
{
    public static void MapOpenAi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/v1").WithTags("OpenAI").MayFailWith(Failures.OfCallers);
        api.MapPost("/chat/completions", CreateChatCompletion)
            .WithName(nameof(CreateChatCompletion))
            .Accepts<ChatCompletionRequest>(MediaTypeNames.Application.Json)
            .Produces<ChatCompletionResponse>()
            .StreamsEvents(OpenAiExamples.Stream)
            .MayFailWith(ErrorKind.NotFound, ErrorKind.ModelNotFound, ErrorKind.SessionBusy, ErrorKind.Conflict)
            .MayFailWith(Failures.OfProviders);
        api.MapGet("/models", ListModels).WithName(nameof(ListModels)).Produces<ModelList>();
        api.MapGet("/models/{*model}", GetModel)
            .WithName(nameof(GetModel))
            .Produces<Model>()
            .MayFailWith(ErrorKind.ModelNotFound);
    }

    /// <summary>Continues a conversation that the caller keeps, as clients of OpenAI request it.</summary>
    /// <remarks>
    /// The provider that <c>model</c> names is asked first, then the others in the order of failover. With <c>stream</c>,
    /// chunks are sent as server-sent events, then <c>[DONE]</c>; a failure after the first token is an error event, which
    /// no <c>[DONE]</c> follows. Nothing is kept unless <c>store</c> is true: then the last message and its answer are kept
    /// in a session, as questions are, and the answer is completed even if the caller disconnects. With
    /// <c>metadata.sources</c> the model is given passages of the caller's documents, and the answer has annotations for the
    /// markers that refer to them.
    /// </remarks>
    /// <response code="200">The answer, complete or as chunks.</response>
    internal static async Task<IResult> CreateChatCompletion(
        HttpContext context,
        ISender sender,
        StreamLimit streams,
        CancellationToken cancellationToken
    )
    {
        var request =
            await JsonBody.ReadAsync<ChatCompletionRequest>(context.Request, OpenAiJson.Options, cancellationToken)
            ?? throw new BadHttpRequestException("");
        context.DisableTimeLimit();
        if (request.IsStreamed)
            streams.Enter(context);
        var documents = AddressOfDocuments(context.Request);
        var following = sender.Send(request.ToRequest(context.GetIdempotencyKey()), cancellationToken);
        return request.IsStreamed
            ? new ChatCompletionStream(following, request.Model!, request.WantsUsage, documents)
            : TypedResults.Json(
                await ChatCompletion.ReadAsync(following, request.Model!, documents, cancellationToken),
                OpenAiJson.Options
            );
    }

    /// <summary>Lists the default model of each provider, in the order of failover.</summary>
    /// <remarks>Other models of a provider can be requested too, as <c>provider/model</c>.</remarks>
    /// <response code="200">The models.</response>
    internal static async Task<JsonHttpResult<ModelList>> ListModels(
        ISender sender,
        CancellationToken cancellationToken
    )
    {
        var models = await sender.Send(new ListModels(), cancellationToken);
        return TypedResults.Json(new ModelList("list", [.. models.Select(Describe)]), OpenAiJson.Options);
    }

    /// <summary>Reads one of the default models.</summary>
    /// <remarks>The name may contain slashes.</remarks>
    /// <param name="model" example="openrouter/openai/gpt-5-mini">The id of the model in the list.</param>
    /// <response code="200">The model.</response>
    internal static async Task<JsonHttpResult<Model>> GetModel(
        string model,
        ISender sender,
        CancellationToken cancellationToken
    )
    {
        // OpenAI's clients encode the slashes of a name, which the server does not decode in a path.
        var name = model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var models = await sender.Send(new ListModels(), cancellationToken);
        return models.FirstOrDefault(one => one.Name == name) is { } found
            ? TypedResults.Json(Describe(found), OpenAiJson.Options)
            : throw new ModelNotFoundException(name);
    }

    private static string AddressOfDocuments(HttpRequest request)
    {
        const string path = "/api/documents";
        return request.Host.HasValue
            ? UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, path)
            : request.PathBase + path;
    }

    private static Model Describe(ConfiguredModel model) => new(model.Name, "model", 0, model.Provider);

    /// <summary>The models that can be requested by default.</summary>
    /// <param name="Object">The type of the object.</param>
    /// <param name="Data">The models.</param>
    internal sealed record ModelList([property: AllowedValues("list")] string Object, IReadOnlyList<Model> Data);

    /// <summary>A model that can be requested.</summary>
    /// <param name="Id">The name by which it is requested.</param>
    /// <param name="Object">The type of the object.</param>
    /// <param name="Created">Always 0: providers do not report it, and clients expect a number.</param>
    /// <param name="OwnedBy">The provider.</param>
    internal sealed record Model(
        string Id,
        [property: AllowedValues("model")] string Object,
        long Created,
        [property: JsonPropertyName("owned_by")] string OwnedBy
    );
}
