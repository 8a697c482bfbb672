using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using QrAi.Application.Search;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Endpoints;

/// <summary>The search in documents.</summary>
internal static class SearchEndpoint
{
    public static void MapSearch(this RouteGroupBuilder api) =>
        api.MapPost("/search", SearchPassages).WithTags("Documents").WithName(nameof(SearchPassages));

    /// <summary>Searches the documents that the caller can read.</summary>
    /// <remarks>
    /// By their words, in any script: Japanese and Chinese without spaces, full and half width, names with signs such as
    /// <c>C#</c>. Nothing is stored, and no model is asked.
    /// </remarks>
    /// <param name="search">What to find.</param>
    /// <response code="200">The best passages, best first.</response>
    internal static async Task<Ok<FoundPassages>> SearchPassages(
        SearchPassages search,
        HttpContext context,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(search with { IdempotencyKey = context.GetIdempotencyKey() }, cancellationToken)
        );
}
