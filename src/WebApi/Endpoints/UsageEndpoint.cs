using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using QrAi.Application.Usage;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.Endpoints;

/// <summary>What calls of providers used.</summary>
internal static class UsageEndpoint
{
    public static void MapUsage(this RouteGroupBuilder api) =>
        api.MapGet("/usage", GetUsage).WithName(nameof(GetUsage)).WithTags("Usage");

    /// <summary>Sums what the caller has used.</summary>
    /// <remarks>
    /// Every call of a provider counts, however it ended: answers, completions and vectors. The days are those of UTC.
    /// </remarks>
    /// <param name="from" example="2026-11-01">The first day; without it there are 30 days in all.</param>
    /// <param name="to" example="2026-11-30">The last day; without it today.</param>
    /// <param name="by" example="day">What to sum by.</param>
    /// <response code="200">The sums by day or by model, sorted by it.</response>
    internal static async Task<Ok<UsageReport>> GetUsage(
        [ParsedAs(typeof(DateOnly))] string? from,
        [ParsedAs(typeof(DateOnly))] string? to,
        [ParsedAs(typeof(UsageGrouping), Default = "day")] string? by,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(
                new GetUsage(
                    RequestParameters.ParseDate(from, nameof(from)),
                    RequestParameters.ParseDate(to, nameof(to)),
                    RequestParameters.ParseName<UsageGrouping>(by, nameof(by)) ?? UsageGrouping.Day
                ),
                cancellationToken
            )
        );
}
