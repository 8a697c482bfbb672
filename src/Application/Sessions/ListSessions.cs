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

/// <summary>Lists sessions, the latest activity first.</summary>
/// <param name="Limit">The maximum number of sessions, 1–100.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
/// <param name="TitleContains">Text that the title must contain, compared without case and width; null for all.</param>
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
        var foldedText = string.IsNullOrWhiteSpace(request.TitleContains)
            ? null
            : UnicodeText.FoldCase(request.TitleContains.Trim());
        var list = $"sessions?q={foldedText}";

        await using var database = databases.CreateFor(caller.Owner);
        var sessions = database.Sessions.AsQueryable();
        if (foldedText is not null)
            sessions = sessions.Where(session => session.FoldedTitle.Contains(foldedText));
        if (request.Cursor is not null)
        {
            var (time, id) = Cursor.ReadTimeAndId(list, request.Cursor);
            // The separate bound on the time lets the index scan begin at the start of the page.
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
