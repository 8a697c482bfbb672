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
        var after = request.Cursor is null
            ? (int?)null
            : Cursor.ReadNumber(ListOf(request.SessionId, request.Order), request.Cursor);

        await using var database = databases.CreateFor(caller.Owner);
        var messages = database.Messages.Where(message => message.SessionId == request.SessionId);
        messages =
            request.Order == MessageOrder.Oldest
                ? messages.Where(message => message.Number > (after ?? 0)).OrderBy(message => message.Number)
                : messages
                    .Where(message => message.Number < (after ?? int.MaxValue))
                    .OrderByDescending(message => message.Number);
        var items = await messages
            .Take(request.Limit + 1)
            .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
            .ToListAsync(cancellationToken);
        if (items.Count == 0 && !await database.Sessions.AnyAsync(s => s.Id == request.SessionId, cancellationToken))
            throw new NotFoundException("session", request.SessionId);

        return ToPage(items, request.SessionId, request.Limit, request.Order);
    }

    /// <summary>Creates a page of messages.</summary>
    /// <param name="items">The messages, one more than the limit if there is a next page.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="limit">The maximum number of messages of a page.</param>
    /// <param name="order">Their order.</param>
    public static Page<MessageDto> ToPage(
        List<MessageDto> items,
        Guid sessionId,
        int limit,
        MessageOrder order = MessageOrder.Oldest
    ) => items.ToPage(limit, message => Cursor.Write(ListOf(sessionId, order), message.Number));

    private static string ListOf(Guid sessionId, MessageOrder order) =>
        order == MessageOrder.Oldest ? $"messages/{sessionId}" : $"newest messages/{sessionId}";
}
