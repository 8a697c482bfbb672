using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Paging;
using QrAi.Application.Persistence;
using QrAi.Application.Search;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Application.Sessions;

/// <summary>Lists sessions, the latest activity first.</summary>
/// <param name="Limit">The maximum number of sessions, 1–100.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
/// <param name="Query">
/// Text that the title must contain, or whose words a message must have, compared without case and width; null for all.
/// </param>
public sealed record ListSessions(int Limit, string? Cursor, string? Query) : IRequest<Page<SessionDto>>;

internal sealed class ListSessionsValidator : AbstractValidator<ListSessions>
{
    public ListSessionsValidator()
    {
        RuleFor(request => request.Limit).PageLimit();
        RuleFor(request => request.Query)
            .HumanText(Session.MaxTitleLength)
            .When(request => !string.IsNullOrWhiteSpace(request.Query))
            .OverridePropertyName("q");
    }
}

internal sealed class ListSessionsHandler(
    IQrAiDbContextFactory databases,
    SessionSearch search,
    CurrentCaller caller,
    IMapper mapper
) : IRequestHandler<ListSessions, Page<SessionDto>>
{
    public async Task<Page<SessionDto>> Handle(ListSessions request, CancellationToken cancellationToken)
    {
        var query = string.IsNullOrWhiteSpace(request.Query) ? null : request.Query.Trim();
        var list = $"sessions?q={(query is null ? null : UnicodeText.FoldCase(query))}";
        var place = SessionPlace.Of(list, request.Cursor);

        await using var database = databases.CreateFor(caller.Owner);
        var items = query is null
            ? await SessionPlace
                .InOrder(SessionPlace.After(database.Sessions, place))
                .Take(request.Limit + 1)
                .ProjectTo<SessionDto>(mapper.ConfigurationProvider)
                .ToListAsync(cancellationToken)
            : await search.FindAsync(database, query, place, request.Limit + 1, cancellationToken);
        return items.ToPage(request.Limit, (session, _) => Cursor.Write(list, session.UpdatedAt, session.Id));
    }
}
