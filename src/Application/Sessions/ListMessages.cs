using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Paging;
using QrAi.Application.Persistence;

namespace QrAi.Application.Sessions;

/// <summary>Lists the messages of a session, oldest first.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Limit">The maximum number of messages, 1–100.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
public sealed record ListMessages(Guid SessionId, int Limit, string? Cursor) : IRequest<Page<MessageDto>>;

internal sealed class ListMessagesValidator : AbstractValidator<ListMessages>
{
    public ListMessagesValidator() => RuleFor(request => request.Limit).PageLimit();
}

internal sealed class ListMessagesHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<ListMessages, Page<MessageDto>>
{
    public async Task<Page<MessageDto>> Handle(ListMessages request, CancellationToken cancellationToken)
    {
        var list = ListOf(request.SessionId);
        var after = request.Cursor is null ? 0 : Cursor.ReadNumber(list, request.Cursor);

        await using var database = databases.CreateFor(caller.Owner);
        var items = await database
            .Messages.Where(message => message.SessionId == request.SessionId && message.Number > after)
            .OrderBy(message => message.Number)
            .Take(request.Limit + 1)
            .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
            .ToListAsync(cancellationToken);
        if (items.Count == 0 && !await database.Sessions.AnyAsync(s => s.Id == request.SessionId, cancellationToken))
            throw new NotFoundException("session", request.SessionId);

        return ToPage(items, request.SessionId, request.Limit, after);
    }

    /// <summary>Creates a page of messages.</summary>
    /// <param name="items">The messages, one more than the limit if there is a next page.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="limit">The maximum number of messages of a page.</param>
    /// <param name="after">The number of the last message of the previous page.</param>
    public static Page<MessageDto> ToPage(List<MessageDto> items, Guid sessionId, int limit, int after = 0)
    {
        // Messages are numbered without gaps, so the index determines the number.
        var list = ListOf(sessionId);
        return items.ToPage(limit, (_, index) => Cursor.Write(list, after + index + 1));
    }

    private static string ListOf(Guid sessionId) => $"messages/{sessionId}";
}
