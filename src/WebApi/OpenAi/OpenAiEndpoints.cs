using MediatR;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.OpenAi;

/// <summary>The part of OpenAI's API that chat clients use, so that they work with no more than another address.</summary>
internal static class OpenAiEndpoints
{
    public static void MapOpenAi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/v1").WithTags("OpenAI");
        api.MapPost("/chat/completions", CreateChatCompletion)
            .WithName(nameof(CreateChatCompletion))
            .WithSummary("Goes on with a conversation that the caller keeps, as OpenAI's clients ask for it.")
            .Accepts<ChatCompletionRequest>("application/json");
        api.MapGet("/models", ListModels)
            .WithName(nameof(ListModels))
            .WithSummary("The default model of each provider, in the order of failover.");
        api.MapGet("/models/{*model}", GetModel).WithName(nameof(GetModel));
    }

    private static async Task<IResult> CreateChatCompletion(
        HttpContext context,
        ISender sender,
        StreamLimit streams,
        CancellationToken cancellationToken
    )
    {
        var request =
            await JsonBody.ReadAsync<ChatCompletionRequest>(context.Request, OpenAiJson.Options, cancellationToken)
            ?? throw new BadHttpRequestException("");
        context.LiftTimeLimit();
        if (request.IsStreamed)
            streams.Enter(context);
        var following = sender.Send(request.ToRequest(context.GetIdempotencyKey()), cancellationToken);
        return request.IsStreamed
            ? new ChatCompletionStream(following, request.Model!, request.WantsUsage)
            : await ChatCompletion.ReadAsync(following, request.Model!, cancellationToken);
    }

    private static async Task<IResult> ListModels(ISender sender, CancellationToken cancellationToken)
    {
        var models = await sender.Send(new ListModels(), cancellationToken);
        return Results.Json(new ModelList("list", [.. models.Select(Describe)]), OpenAiJson.Options);
    }

    private static async Task<IResult> GetModel(string model, ISender sender, CancellationToken cancellationToken)
    {
        // OpenAI's clients encode the slashes of a name, and the server decodes everything in a path but these.
        var name = model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var models = await sender.Send(new ListModels(), cancellationToken);
        return models.FirstOrDefault(one => one.Name == name) is { } found
            ? Results.Json(Describe(found), OpenAiJson.Options)
            : throw new ModelNotFoundException(name);
    }

    // Providers do not say when a model was made, and clients want a number.
    private static Model Describe(ConfiguredModel model) => new(model.Name, "model", 0, model.Provider);

    private sealed record ModelList(string Object, IReadOnlyList<Model> Data);

    private sealed record Model(string Id, string Object, long Created, string OwnedBy);
}
