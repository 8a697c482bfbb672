using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using QrAi.Application.Paging;
using QrAi.Application.Sessions;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Endpoints;

/// <summary>Sessions and their messages.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this RouteGroupBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions");
        sessions.MapPost("/", CreateSession).WithName(nameof(CreateSession));
        sessions.MapGet("/", ListSessions).WithName(nameof(ListSessions));
        sessions.MapGet("/{id}", GetSession).WithName(nameof(GetSession));
        sessions.MapPatch("/{id}", RenameSession).WithName(nameof(RenameSession));
        sessions.MapDelete("/{id}", DeleteSession).WithName(nameof(DeleteSession));
        sessions.MapGet("/{id}/messages", ListMessages).WithName(nameof(ListMessages));
    }

    private static async Task<Created<SessionDto>> CreateSession(
        CreateSession? session,
        HttpContext context,
        ISender sender,
        CancellationToken cancellationToken
    )
    {
        session = (session ?? new CreateSession(null)) with { IdempotencyKey = context.GetIdempotencyKey() };
        var created = await sender.Send(session, cancellationToken);
        return TypedResults.Created($"/api/sessions/{created.Id}", created);
    }

    private static async Task<Ok<Page<SessionDto>>> ListSessions(
        string? limit,
        string? cursor,
        string? q,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(new ListSessions(RequestParameters.ParseLimit(limit), cursor, q), cancellationToken)
        );

    private static async Task<Ok<SessionDto>> GetSession(
        string id,
        ISender sender,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await sender.Send(new GetSession(RequestParameters.ParseId(id)), cancellationToken));

    private static async Task<Ok<SessionDto>> RenameSession(
        string id,
        NewTitle body,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(new RenameSession(RequestParameters.ParseId(id), body.Title), cancellationToken)
        );

    private static async Task<NoContent> DeleteSession(string id, ISender sender, CancellationToken cancellationToken)
    {
        await sender.Send(new DeleteSession(RequestParameters.ParseId(id)), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<MessageDto>>> ListMessages(
        string id,
        string? limit,
        string? cursor,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(
                new ListMessages(RequestParameters.ParseId(id), RequestParameters.ParseLimit(limit), cursor),
                cancellationToken
            )
        );

    /// <summary>What a session is to be called.</summary>
    /// <param name="Title">1–200 characters.</param>
    internal sealed record NewTitle(string? Title);
}
