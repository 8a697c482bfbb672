using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Idempotency;

namespace QrAi.Application.Idempotency;

/// <summary>
/// The idempotency key that the requests of a scope come with, and what came of them before. Without a key all of this
/// does nothing. Handlers add the record to the save that keeps what they do, so that there is never one without the other.
/// </summary>
public sealed class IdempotentRequest(IQrAiDbContextFactory databases, CurrentCaller caller, TimeProvider clock)
{
    private string? _key;
    private string _fingerprint = "";
    private IReadOnlyList<IdempotencyRecord> _earlier = [];

    /// <summary>Who sends the same again need wait no longer: it is kept what comes of it, or does no harm.</summary>
    public event Action? Kept;

    /// <summary>Of a request that does several things: the name of the one that comes now.</summary>
    public string Part
    {
        get;
        set
        {
            field = value;
            caller.Repeats = Earlier is not null; // which those before need not say of it
        }
    } = "";

    /// <summary>What came of the same request before; null if nothing did.</summary>
    internal IdempotencyRecord? Earlier => _earlier.FirstOrDefault(record => record.Part == PartHash);

    /// <summary>Whether there is a key at all.</summary>
    internal bool HasKey => _key is not null;

    /// <summary>Whether the database was asked what came of the same request before.</summary>
    internal bool IsRecognized { get; private set; }

    /// <summary>Says which key the requests come with, before the first of them.</summary>
    /// <param name="key">The caller's key.</param>
    /// <param name="fingerprint">SHA-256 of what is asked for, as hexadecimal digits.</param>
    public void SetKey(string key, string fingerprint) => (_key, _fingerprint) = (HashOf(key), fingerprint);

    /// <summary>Finds out what came of the same request before.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IdempotencyKeyReusedException">The key stands for another request.</exception>
    public Task RecognizeAsync(CancellationToken cancellationToken) => FindEarlierAsync(cancellationToken);

    /// <summary>Looks whether somebody was faster with the same key.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What came of it; null if nothing did, or without a key.</returns>
    /// <exception cref="IdempotencyKeyReusedException">The key stands for another request.</exception>
    internal async Task<IdempotencyRecord?> FindEarlierAsync(CancellationToken cancellationToken)
    {
        if (_key is null)
            return null;

        var now = clock.Now();
        await using var database = databases.CreateFor(caller.Owner);
        var records = await database
            .IdempotencyRecords.AsNoTracking()
            .Where(record => record.Key == _key)
            .ToListAsync(cancellationToken);
        var past = records.Where(record => !record.Counts(now)).Select(record => record.Id).ToList();
        if (past.Count > 0) // they are in the way of a new one
            await database
                .IdempotencyRecords.Where(record => past.Contains(record.Id))
                .ExecuteDeleteAsync(cancellationToken);

        _earlier = [.. records.Where(record => record.Counts(now))];
        IsRecognized = true;
        caller.Repeats = Earlier is not null;
        if (_earlier.Count > 0)
            NoteKept();
        return _earlier.Any(record => record.Fingerprint != _fingerprint)
            ? throw new IdempotencyKeyReusedException()
            : Earlier;
    }

    /// <summary>The record of a question, to be kept with it; null without a key.</summary>
    /// <param name="answerId">Its answer.</param>
    internal IdempotencyRecord? RecordOf(Guid answerId) =>
        _key is null ? null : IdempotencyRecord.Create(Identity, clock.Now(), answerId);

    /// <summary>Adds what comes of the request to a save, which has a conflict if somebody was faster.</summary>
    /// <param name="database">The unit of work.</param>
    /// <param name="result">What is returned; null for nothing.</param>
    internal void Record(IQrAiDbContext database, object? result = null)
    {
        if (_key is not null)
            database.IdempotencyRecords.Add(
                IdempotencyRecord.Create(
                    Identity,
                    clock.Now(),
                    result: result is null ? null : JsonSerializer.Serialize(result, JsonSerializerOptions.Web)
                )
            );
    }

    /// <summary>Records what may be done twice without harm, so that its key stands for nothing else.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="IdempotencyKeyReusedException">The key stands for another request.</exception>
    internal async Task RecordAloneAsync(CancellationToken cancellationToken)
    {
        if (_key is null || Earlier is not null)
            return;

        await using var database = databases.CreateFor(caller.Owner);
        Record(database);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            await FindEarlierAsync(cancellationToken);
        }

        NoteKept();
    }

    /// <summary>Says that what was added to a save is kept, or that nothing will be, so that nobody need wait for it.</summary>
    public void NoteKept() => Kept?.Invoke();

    /// <summary>What the records of this request carry.</summary>
    internal RequestIdentity Identity => new(caller.Owner, _key!, PartHash, _fingerprint);

    private string PartHash => Part.Length == 0 ? "" : HashOf(Part);

    // Keys are the callers' own, and may say more than they should.
    private static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

internal static class IdempotencyResults
{
    /// <summary>What was returned.</summary>
    public static T ReadResult<T>(this IdempotencyRecord record) =>
        JsonSerializer.Deserialize<T>(record.Result!, JsonSerializerOptions.Web)!;
}
