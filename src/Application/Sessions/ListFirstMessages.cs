using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Paging;
using QrAi.Application.Persistence;

namespace QrAi.Application.Sessions;

/// <summary>Lists the first messages of several sessions at once, oldest first.</summary>
/// <param name="SessionIds">The ids of the sessions, 1–1,000.</param>
/// <param name="Limit">The maximum number of messages of each session, 1–100.</param>
/// <returns>The first page of each session that has a message.</returns>
public sealed record ListFirstMessages(IReadOnlyCollection<Guid> SessionIds, int Limit)
    : IRequest<IReadOnlyDictionary<Guid, Page<MessageDto>>>;

internal sealed class ListFirstMessagesValidator : AbstractValidator<ListFirstMessages>
{
    public ListFirstMessagesValidator()
    {
        RuleFor(request => request.Limit).PageLimit();
        RuleFor(request => request.SessionIds.Count)
            .InclusiveBetween(1, GetSessionsValidator.MaxIds)
            .WithMessage($"must be 1 to {GetSessionsValidator.MaxIds} sessions")
            .OverridePropertyName(nameof(ListFirstMessages.SessionIds));
    }
}

internal sealed class ListFirstMessagesHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<ListFirstMessages, IReadOnlyDictionary<Guid, Page<MessageDto>>>
{
    public async Task<IReadOnlyDictionary<Guid, Page<MessageDto>>> Handle(
        ListFirstMessages request,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(caller.Owner);
        // Messages are numbered without gaps from 1.
        var messages = await database
            .Messages.Where(message =>
                request.SessionIds.Contains(message.SessionId) && message.Number <= request.Limit + 1
            )
            .OrderBy(message => message.SessionId)
            .ThenBy(message => message.Number)
            .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
            .ToListAsync(cancellationToken);
        return messages
            .GroupBy(message => message.SessionId)
            .ToDictionary(
                session => session.Key,
                session => ListMessagesHandler.ToPage([.. session], session.Key, request.Limit)
            );
    }
}
