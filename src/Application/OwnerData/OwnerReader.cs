using System.Runtime.CompilerServices;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Documents;
using QrAi.Application.Persistence;
using QrAi.Application.Search;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Domain.Documents;
using QrAi.Domain.Usage;

namespace QrAi.Application.OwnerData;

/// <summary>Reads the data of an owner in pages, which bound the memory.</summary>
/// <param name="database">The data of the owner at one moment.</param>
/// <param name="owner">The owner.</param>
/// <param name="mapper">The mapper.</param>
/// <param name="clock">The clock.</param>
internal sealed class OwnerReader(IQrAiDbContext database, string owner, IMapper mapper, TimeProvider clock)
{
    private const int PageSize = 100;

    /// <summary>Messages may be long.</summary>
    private const int MessagePageSize = 50;

    /// <summary>Those of other owners that are shared can be read, but do not belong to the owner.</summary>
    private IQueryable<Document> Documents => database.Documents.Where(document => document.Owner == owner);

    /// <summary>Whether the owner has anything.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken) =>
        await database.Sessions.AnyAsync(cancellationToken)
        || await Documents.AnyAsync(cancellationToken)
        || await database.ApiKeys.AnyAsync(key => key.Owner == owner, cancellationToken);

    /// <summary>Reads the sessions, the latest activity first.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<SessionDto> ReadSessionsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var page in ReadSessionPagesAsync(cancellationToken))
        foreach (var session in page)
            yield return session;
    }

    /// <summary>Reads the messages, session by session, oldest first.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<MessageDto> ReadMessagesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var sessions in ReadSessionPagesAsync(cancellationToken))
        {
            var ids = sessions.Select(session => session.Id).ToList();
            var (lastSession, lastNumber) = (Guid.Empty, 0);
            int count;
            do
            {
                var page = await database
                    .Messages.AsNoTracking()
                    .Where(message => ids.Contains(message.SessionId))
                    .Where(message =>
                        message.SessionId.CompareTo(lastSession) > 0
                        || (message.SessionId == lastSession && message.Number > lastNumber)
                    )
                    .OrderBy(message => message.SessionId)
                    .ThenBy(message => message.Number)
                    .Take(MessagePageSize)
                    .ToListAsync(cancellationToken);
                foreach (var message in page)
                    yield return mapper.Map<MessageDto>(message);
                count = page.Count;
                if (count > 0)
                    (lastSession, lastNumber) = (page[^1].SessionId, page[^1].Number);
            } while (count == MessagePageSize);
        }
    }

    /// <summary>Reads the documents, oldest first.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<DocumentDto> ReadDocumentsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = Guid.Empty;
        List<DocumentDto> page;
        do
        {
            page = await Documents
                .Where(document => document.Id.CompareTo(last) > 0)
                .OrderBy(document => document.Id)
                .Take(PageSize)
                .ProjectTo<DocumentDto>(mapper.ConfigurationProvider)
                .ToListAsync(cancellationToken);
            foreach (var document in page)
                yield return document;
            last = page.Count > 0 ? page[^1].Id : last;
        } while (page.Count == PageSize);
    }

    /// <summary>Reads the keys, without their secrets, oldest first.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<KeyDto> ReadKeysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var keys = await database
            .ApiKeys.AsNoTracking()
            .Where(key => key.Owner == owner)
            .OrderBy(key => key.Id)
            .ToListAsync(cancellationToken);
        var now = clock.Now();
        foreach (var key in keys)
            yield return KeyDto.Of(key, now);
    }

    /// <summary>Reads the calls of providers, oldest first.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<UsageCallDto> ReadUsageAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var last = Guid.Empty;
        List<UsageRecord> page;
        do
        {
            page = await database
                .UsageRecords.AsNoTracking()
                .Where(call => call.Id.CompareTo(last) > 0)
                .OrderBy(call => call.Id)
                .Take(PageSize)
                .ToListAsync(cancellationToken);
            foreach (var call in page)
                yield return UsageCallDto.Of(call);
            last = page.Count > 0 ? page[^1].Id : last;
        } while (page.Count == PageSize);
    }

    /// <summary>Reads a part of a document's file.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="number">The number of the part, from 0.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The bytes; null after the last part.</returns>
    public Task<byte[]?> ReadChunkAsync(Guid documentId, int number, CancellationToken cancellationToken) =>
        database
            .DocumentChunks.Where(chunk => chunk.DocumentId == documentId && chunk.Number == number)
            .Select(chunk => chunk.Bytes)
            .SingleOrDefaultAsync(cancellationToken);

    private async IAsyncEnumerable<List<SessionDto>> ReadSessionPagesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        SessionPlace? place = null;
        List<SessionDto> page;
        do
        {
            page = await SessionPlace
                .InOrder(SessionPlace.After(database.Sessions, place))
                .Take(PageSize)
                .ProjectTo<SessionDto>(mapper.ConfigurationProvider)
                .ToListAsync(cancellationToken);
            yield return page;
            if (page.Count > 0)
                place = new SessionPlace(page[^1].UpdatedAt, page[^1].Id);
        } while (page.Count == PageSize);
    }
}
