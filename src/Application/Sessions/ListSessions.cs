using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Paging;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Application.Sessions;

/// <summary>Lists sessions, those with the newest activity first.</summary>
/// <param name="Limit">1–100 sessions.</param>
/// <param name="Cursor">Where the page before ended.</param>
/// <param name="TitleContains">Only sessions whose title has this in it, whatever its case.</param>
public sealed record ListSessions(int Limit, string? Cursor, string? TitleContains) : IRequest<Page<SessionDto>>;

internal sealed class ListSessionsValidator : AbstractValidator<ListSessions>
{
    public ListSessionsValidator()
    {
        RuleFor(request => request.Limit).PageLimit();
        RuleFor(request => request.TitleContains)
            .HumanText(Session.MaxTitleLength)
            .When(request => !string.IsNullOrWhiteSpace(request.TitleContains))
            .OverridePropertyName("q");
    }
}

internal sealed class ListSessionsHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<ListSessions, Page<SessionDto>>
{
    public async Task<Page<SessionDto>> Handle(ListSessions request, CancellationToken cancellationToken)
    {
        var wanted = string.IsNullOrWhiteSpace(request.TitleContains)
            ? null
            : UnicodeText.FoldCase(request.TitleContains.Trim());
        var list = $"sessions?q={wanted}";

        await using var database = databases.CreateFor(caller.Owner);
        var sessions = database.Sessions.AsQueryable();
        if (wanted is not null)
            sessions = sessions.Where(session => session.FoldedTitle.Contains(wanted));
        if (request.Cursor is not null)
        {
            var (time, id) = Cursor.ReadTimeAndId(list, request.Cursor);
            // The bound on the time alone is for the index: with it the scan begins where the page does.
            sessions = sessions.Where(session =>
                session.UpdatedAt <= time && (session.UpdatedAt < time || session.Id.CompareTo(id) < 0)
            );
        }

        var items = await sessions
            .OrderByDescending(session => session.UpdatedAt)
            .ThenByDescending(session => session.Id)
            .Take(request.Limit + 1)
            .ProjectTo<SessionDto>(mapper.ConfigurationProvider)
            .ToListAsync(cancellationToken);
        return items.ToPage(request.Limit, (session, _) => Cursor.Write(list, session.UpdatedAt, session.Id));
    }
}
