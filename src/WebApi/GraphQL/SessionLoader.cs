using GraphQL.DataLoader;
using MediatR;
using QrAi.Application.Errors;
using QrAi.Application.Paging;
using QrAi.Application.Sessions;

namespace QrAi.WebApi.GraphQL;

/// <summary>Loads sessions by their ids, and the first messages of sessions, in batches. Scoped to a request.</summary>
internal sealed class SessionLoader(ISender sender)
{
    private readonly BatchLoader<Guid, SessionDto> _sessions = new(
        (ids, cancellationToken) => sender.Send(new GetSessions(ids), cancellationToken)
    );

    private readonly Dictionary<int, BatchLoader<Guid, Page<MessageDto>>> _messages = [];

    /// <summary>Loads a session.</summary>
    /// <exception cref="NotFoundException">If it does not exist; thrown when the result is awaited.</exception>
    public IDataLoaderResult<SessionDto> Session(Guid id) =>
        new Mapped<SessionDto?, SessionDto>(
            _sessions.Load(id),
            session => session ?? throw new NotFoundException("session", id)
        );

    /// <summary>Loads the first messages of a session.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="limit">1–100 messages.</param>
    public IDataLoaderResult<Connection<MessageDto>> FirstMessages(Guid sessionId, int limit)
    {
        BatchLoader<Guid, Page<MessageDto>>? ofLimit;
        lock (_messages)
            if (!_messages.TryGetValue(limit, out ofLimit))
                _messages[limit] = ofLimit = new(
                    (ids, cancellationToken) => sender.Send(new ListFirstMessages(ids, limit), cancellationToken)
                );
        return new Mapped<Page<MessageDto>?, Connection<MessageDto>>(
            ofLimit.Load(sessionId),
            page => new Connection<MessageDto>(page ?? new Page<MessageDto>([], null), IsFirst: true)
        );
    }

    /// <summary>Clears the caches before a mutation.</summary>
    public void Forget()
    {
        _sessions.Forget();
        lock (_messages)
            _messages.Clear();
    }

    private sealed class Mapped<TFrom, TTo>(IDataLoaderResult<TFrom> inner, Func<TFrom, TTo> map)
        : IDataLoaderResult<TTo>
    {
        public async Task<TTo> GetResultAsync(CancellationToken cancellationToken = default) =>
            map(await inner.GetResultAsync(cancellationToken));

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }
}
