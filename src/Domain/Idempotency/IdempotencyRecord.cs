namespace QrAi.Domain.Idempotency;

/// <summary>
/// What came of a request with an idempotency key: whoever sends the same again is given it, and nothing is done twice.
/// </summary>
public sealed class IdempotencyRecord
{
    /// <summary>The most characters of a key.</summary>
    public const int MaxKeyLength = 255;

    /// <summary>The length of a SHA-256 as hexadecimal digits.</summary>
    public const int HashLength = 64;

    /// <summary>For how long a key stands for its first request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private IdempotencyRecord() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>Whose key it is; another's same key is another key.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>SHA-256 of the key, as 64 hexadecimal digits.</summary>
    public string Key { get; private init; } = "";

    /// <summary>Of a request that does several things: SHA-256 of the name of the thing. Empty for the others.</summary>
    public string Part { get; private init; } = "";

    /// <summary>SHA-256 of what was asked for, as 64 hexadecimal digits.</summary>
    public string Fingerprint { get; private init; } = "";

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>Of a question: its answer, which tells the rest.</summary>
    public Guid? AnswerId { get; private init; }

    /// <summary>What was returned, as JSON; null while it is still being made, and for what an answer tells.</summary>
    public string? Result { get; private set; }

    /// <summary>Of what is still being made: the worker that makes it.</summary>
    public Guid? WorkerId { get; private set; }

    /// <summary>Makes one.</summary>
    /// <param name="identity">What was asked for, and by which key.</param>
    /// <param name="now">The time.</param>
    /// <param name="answerId">Of a question: its answer.</param>
    /// <param name="result">What is returned, as JSON.</param>
    /// <param name="workerId">Of what is still to be made: the worker that makes it.</param>
    public static IdempotencyRecord Create(
        RequestIdentity identity,
        DateTimeOffset now,
        Guid? answerId = null,
        string? result = null,
        Guid? workerId = null
    ) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            Owner = identity.Owner,
            Key = identity.Key,
            Part = identity.Part,
            Fingerprint = identity.Fingerprint,
            CreatedAt = now,
            AnswerId = answerId,
            Result = result,
            WorkerId = workerId,
        };

    /// <summary>Whether the key still stands for this request.</summary>
    /// <param name="now">The time.</param>
    public bool Counts(DateTimeOffset now) => now - CreatedAt < Lifetime;

    /// <summary>Another worker makes it, as the one before has died.</summary>
    /// <param name="workerId">Who makes it now.</param>
    public void TakeOver(Guid workerId) => WorkerId = workerId;

    /// <summary>It is made.</summary>
    /// <param name="result">What is returned, as JSON.</param>
    public void End(string result) => (Result, WorkerId) = (result, null);
}

/// <summary>A request with an idempotency key, or one of the things that it does.</summary>
/// <param name="Owner">Whose key it is.</param>
/// <param name="Key">SHA-256 of the key.</param>
/// <param name="Part">SHA-256 of the name of the thing, or empty.</param>
/// <param name="Fingerprint">SHA-256 of what is asked for.</param>
public sealed record RequestIdentity(string Owner, string Key, string Part, string Fingerprint);
