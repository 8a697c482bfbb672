using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using QrAi.Application.Callers;
using QrAi.WebApi.Errors;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.Endpoints;

/// <summary>The caller itself.</summary>
internal static class KeyEndpoints
{
    public static void MapKeys(this RouteGroupBuilder api) =>
        api.MapGet("/keys/me", GetCaller).WithTags("Keys").WithName(nameof(GetCaller)).MayFailWith(ErrorKind.NotFound); // a key that was erased in the last seconds

    /// <summary>Describes the caller.</summary>
    /// <remarks>Who it is, how it has authenticated, and what it may do. It does not count against a limit.</remarks>
    /// <response code="200">The caller.</response>
    internal static async Task<Ok<CallerDto>> GetCaller(ISender sender, CancellationToken cancellationToken) =>
        TypedResults.Ok(await sender.Send(new GetCaller(), cancellationToken));
}
