using System.ComponentModel.DataAnnotations;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using QrAi.Application.Paging;
using QrAi.Application.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.Endpoints;

/// <summary>Sessions and their messages.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this RouteGroupBuilder api)
    {
        var sessions = api.MapGroup("/sessions").WithTags("Sessions");
        sessions.MapPost("/", CreateSession).WithName(nameof(CreateSession));
        sessions.MapGet("/", ListSessions).WithName(nameof(ListSessions));
        var session = sessions.MapGroup("/{id}").MayFailWith(ErrorKind.NotFound);
        session.MapGet("", GetSession).WithName(nameof(GetSession));
        session.MapPatch("", RenameSession).WithName(nameof(RenameSession)).MayFailWith(ErrorKind.Conflict);
        session.MapDelete("", DeleteSession).WithName(nameof(DeleteSession));
        session.MapGet("/messages", ListMessages).WithName(nameof(ListMessages));
    }

    /// <summary>Creates a session without messages.</summary>
    /// <remarks>The first question titles the session, unless it is created with a title.</remarks>
    /// <param name="session">The title; the body may be left out.</param>
    /// <response code="201">The session.</response>
    internal static async Task<Created<SessionDto>> CreateSession(
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

    /// <summary>Lists the caller's sessions.</summary>
    /// <remarks>
    /// Sessions with the newest activity come first. Messages are found some seconds after their answer has ended.
    /// </remarks>
    /// <param name="limit" example="20">The most items of the page.</param>
    /// <param name="cursor" example="CN9Kry1gtyQHEaIBk4R3cZm7bLQAVnJ9yqgjjJxGpnA">
    /// The <c>nextCursor</c> of the page before; opaque.
    /// </param>
    /// <param name="q" example="首都">
    /// Selects sessions whose title contains this text, or that have a message with all of its words, ignoring case and width.
    /// <c>match</c> of each session is what was found.
    /// </param>
    /// <response code="200">A page of sessions.</response>
    internal static async Task<Ok<Page<SessionDto>>> ListSessions(
        [ParsedAs(typeof(int), Default = PageLimits.Default), Range(1, PageLimits.Max)] string? limit,
        string? cursor,
        string? q,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(new ListSessions(RequestParameters.ParseLimit(limit), cursor, q), cancellationToken)
        );

    /// <summary>Reads a session.</summary>
    /// <remarks>Its messages are listed separately.</remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The session's id.</param>
    /// <response code="200">The session.</response>
    internal static async Task<Ok<SessionDto>> GetSession(
        [ParsedAs(typeof(Guid))] string id,
        ISender sender,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await sender.Send(new GetSession(RequestParameters.ParseId(id)), cancellationToken));

    /// <summary>Gives a session another title.</summary>
    /// <remarks>Nothing else of a session can be changed.</remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The session's id.</param>
    /// <param name="body">The title.</param>
    /// <response code="200">The session.</response>
    internal static async Task<Ok<SessionDto>> RenameSession(
        [ParsedAs(typeof(Guid))] string id,
        NewTitle body,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(new RenameSession(RequestParameters.ParseId(id), body.Title), cancellationToken)
        );

    /// <summary>Deletes a session.</summary>
    /// <remarks>Its messages are deleted too, and an answer that is being generated is cancelled.</remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The session's id.</param>
    /// <response code="204">The session is deleted.</response>
    internal static async Task<NoContent> DeleteSession(
        [ParsedAs(typeof(Guid))] string id,
        ISender sender,
        CancellationToken cancellationToken
    )
    {
        await sender.Send(new DeleteSession(RequestParameters.ParseId(id)), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Lists a session's messages.</summary>
    /// <remarks>Questions and answers alternate.</remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The session's id.</param>
    /// <param name="limit" example="20">The most items of the page.</param>
    /// <param name="cursor" example="CN9Kry1gtyQHEaIBk4R3cZm7bLQAVnJ9yqgjjJxGpnA">
    /// The <c>nextCursor</c> of the page before; opaque.
    /// </param>
    /// <param name="order" example="newest">Which messages come first; the oldest, if it is left out.</param>
    /// <response code="200">A page of messages.</response>
    internal static async Task<Ok<Page<MessageDto>>> ListMessages(
        [ParsedAs(typeof(Guid))] string id,
        [ParsedAs(typeof(int), Default = PageLimits.Default), Range(1, PageLimits.Max)] string? limit,
        string? cursor,
        [ParsedAs(typeof(MessageOrder))] string? order,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(
                new ListMessages(
                    RequestParameters.ParseId(id),
                    RequestParameters.ParseLimit(limit),
                    cursor,
                    RequestParameters.ParseName<MessageOrder>(order, nameof(order)) ?? MessageOrder.Oldest
                ),
                cancellationToken
            )
        );

    /// <summary>Another title of a session.</summary>
    /// <param name="Title">The title: 1–200 characters after trimming.</param>
    internal sealed record NewTitle([property: Required, MinLength(1)] string? Title);
}
