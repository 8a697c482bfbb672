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

/// <summary>Lists the messages of a session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Limit">The maximum number of messages, 1–100.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
/// <param name="Order">The order.</param>
public sealed record ListMessages(Guid SessionId, int Limit, string? Cursor, MessageOrder Order = MessageOrder.Oldest)
    : IRequest<Page<MessageDto>>;

internal sealed class ListMessagesValidator : AbstractValidator<ListMessages>
{
    public ListMessagesValidator()
    {
        RuleFor(request => request.Limit).PageLimit();
        RuleFor(request => request.Order).IsInEnum();
    }
}

internal sealed class ListMessagesHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<ListMessages, Page<MessageDto>>
{
    public async Task<Page<MessageDto>> Handle(ListMessages request, CancellationToken cancellationToken)
    {
        var isOldestFirst = request.Order == MessageOrder.Oldest;
        var list = ListOf(request.SessionId, request.Order);

        await using var database = databases.CreateFor(caller.Owner);
        var messages = database.Messages.Where(message => message.SessionId == request.SessionId);
        var after =
            request.Cursor is not null ? Cursor.ReadNumber(list, request.Cursor)
            : isOldestFirst ? 0
            : await messages.MaxAsync(message => (int?)message.Number, cancellationToken) + 1 ?? 0;
        messages = isOldestFirst
            ? messages.Where(message => message.Number > after).OrderBy(message => message.Number)
            : messages.Where(message => message.Number < after).OrderByDescending(message => message.Number);
        var items = await messages
            .Take(request.Limit + 1)
            .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
            .ToListAsync(cancellationToken);
        if (items.Count == 0 && !await database.Sessions.AnyAsync(s => s.Id == request.SessionId, cancellationToken))
            throw new NotFoundException("session", request.SessionId);

        return ToPage(items, request.SessionId, request.Limit, request.Order, after);
    }

    /// <summary>Creates a page of messages.</summary>
    /// <param name="items">The messages, one more than the limit if there is a next page.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="limit">The maximum number of messages of a page.</param>
    /// <param name="order">Their order.</param>
    /// <param name="after">The number of the message before the page.</param>
    public static Page<MessageDto> ToPage(
        List<MessageDto> items,
        Guid sessionId,
        int limit,
        MessageOrder order = MessageOrder.Oldest,
        int after = 0
    )
    {
        // Messages are numbered without gaps, so the index determines the number.
        var (list, step) = (ListOf(sessionId, order), order == MessageOrder.Oldest ? 1 : -1);
        return items.ToPage(limit, (_, index) => Cursor.Write(list, after + step * (index + 1)));
    }

    private static string ListOf(Guid sessionId, MessageOrder order) =>
        order == MessageOrder.Oldest ? $"messages/{sessionId}" : $"newest messages/{sessionId}";
}
