using System.Text.Json;
using QrAi.Domain.Callers;

namespace QrAi.Application.Idempotency;

/// <summary>The outcome of a request with an idempotency key. A repeated request receives it instead of a second run.</summary>
public sealed class IdempotencyRecord : IOwned
{
    /// <summary>The length of a SHA-256 in hexadecimal digits.</summary>
    public const int HashLength = 64;

    /// <summary>The time for which a key identifies its first request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private IdempotencyRecord() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>The owner of the key; the same key of another owner is another key.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>The SHA-256 of the key, as 64 hexadecimal digits.</summary>
    public string Key { get; private init; } = "";

    /// <summary>The SHA-256 of the name of the request's part; empty for a request without parts.</summary>
    public string Part { get; private init; } = "";

    /// <summary>The SHA-256 of the request, as 64 hexadecimal digits.</summary>
    public string Fingerprint { get; private init; } = "";

    /// <summary>The time of the request.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>Of a question: the id of its answer.</summary>
    public Guid? AnswerId { get; private init; }

    /// <summary>The response as JSON; null while it is being generated, for questions, and for requests without a response.</summary>
    public string? Result { get; private set; }

    /// <summary>The worker that generates the response apart from the request; null if there is none.</summary>
    public Guid? WorkerId { get; private set; }

    /// <summary>Creates the record of a question.</summary>
    /// <param name="owner">The owner of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="now">The current time.</param>
    /// <param name="answerId">The question's answer.</param>
    public static IdempotencyRecord OfQuestion(string owner, IdempotencyKey key, DateTimeOffset now, Guid answerId) =>
        new(owner, key, now) { AnswerId = answerId };

    /// <summary>Creates the record of a completed request.</summary>
    /// <param name="owner">The owner of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="now">The current time.</param>
    /// <param name="result">The response; null for none.</param>
    public static IdempotencyRecord OfResult(string owner, IdempotencyKey key, DateTimeOffset now, object? result) =>
        new(owner, key, now)
        {
            Result = result is null ? null : JsonSerializer.Serialize(result, JsonSerializerOptions.Web),
        };

    /// <summary>Creates the record of a request whose response a worker generates apart from it.</summary>
    /// <param name="owner">The owner of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="now">The current time.</param>
    /// <param name="workerId">The worker.</param>
    public static IdempotencyRecord OfLease(string owner, IdempotencyKey key, DateTimeOffset now, Guid workerId) =>
        new(owner, key, now) { WorkerId = workerId };

    private IdempotencyRecord(string owner, IdempotencyKey key, DateTimeOffset now)
    {
        Id = Guid.CreateVersion7(now);
        (Owner, Key, Part, Fingerprint) = (owner, key.Hash, key.Part, key.Fingerprint);
        CreatedAt = now;
    }

    /// <summary>Whether the key no longer identifies this request.</summary>
    /// <param name="now">The current time.</param>
    public bool IsExpired(DateTimeOffset now) => now - CreatedAt >= Lifetime;

    /// <summary>Reads the response.</summary>
    /// <returns>The response; the default value if there is none.</returns>
    public T? ReadResult<T>() =>
        Result is null ? default : JsonSerializer.Deserialize<T>(Result, JsonSerializerOptions.Web);

    /// <summary>Transfers the lease of a dead worker.</summary>
    /// <param name="workerId">The worker that now generates the response.</param>
    public void TakeOver(Guid workerId) => WorkerId = workerId;

    /// <summary>Stores the response and ends the lease.</summary>
    /// <param name="result">The response.</param>
    public void Complete(object result) =>
        (Result, WorkerId) = (JsonSerializer.Serialize(result, JsonSerializerOptions.Web), null);
}
