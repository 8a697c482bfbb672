using QrAi.Domain.Callers;

namespace QrAi.Domain.Usage;

/// <summary>A call of a provider, however it ended. It remains when the session of the answer is deleted.</summary>
public sealed class UsageRecord : IOwned
{
    private UsageRecord() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <inheritdoc />
    public string Owner { get; private init; } = "";

    /// <summary>The API key of the caller; null if the caller used none.</summary>
    public Guid? KeyId { get; private init; }

    /// <summary>The session; null if nothing is stored.</summary>
    public Guid? SessionId { get; private init; }

    /// <summary>The answer; null if it is not stored.</summary>
    public Guid? AnswerId { get; private init; }

    /// <summary>What the provider was called for.</summary>
    public UsageOperation Operation { get; private init; }

    /// <summary>The provider.</summary>
    public string Provider { get; private init; } = "";

    /// <summary>The model that was requested.</summary>
    public string Model { get; private init; } = "";

    /// <summary>The number of the answer's run, from 1.</summary>
    public int Run { get; private init; }

    /// <summary>How the call ended, as in <c>attempts</c>.</summary>
    public string Outcome { get; private init; } = "";

    /// <summary>The tokens that were sent, cached ones included.</summary>
    public int PromptTokens { get; private init; }

    /// <summary>Those of the tokens sent that the provider read from its cache.</summary>
    public int CachedTokens { get; private init; }

    /// <summary>The tokens that were received.</summary>
    public int CompletionTokens { get; private init; }

    /// <summary>The cost in <see cref="Picodollars"/>; null if it is unknown.</summary>
    public long? Cost { get; private init; }

    /// <summary>Whether the tokens are counted by the service, because the provider did not report them.</summary>
    public bool IsEstimated { get; private init; }

    /// <summary>1 for the last call of a question, otherwise 0, so that a sum of calls is a number of questions.</summary>
    public int Questions { get; private set; }

    /// <summary>The day of the end of the call, in UTC.</summary>
    public DateOnly Day { get; private init; }

    /// <summary>The end of the call.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>Whether the call is included in a <see cref="UsageDay"/>.</summary>
    public bool IsRolledUp { get; private init; }

    /// <summary>Creates the record of a call that has ended.</summary>
    /// <param name="subject">On whose behalf, and for what, the provider was called.</param>
    /// <param name="usage">What the call used.</param>
    /// <param name="now">The current time.</param>
    public static UsageRecord Of(UsageSubject subject, CallUsage usage, DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            Owner = subject.Owner,
            KeyId = subject.KeyId,
            SessionId = subject.SessionId,
            AnswerId = subject.AnswerId,
            Operation = usage.Operation,
            Provider = usage.Provider,
            Model = usage.Model,
            Run = usage.Run,
            Outcome = usage.Outcome,
            PromptTokens = usage.PromptTokens,
            CachedTokens = usage.CachedTokens,
            CompletionTokens = usage.CompletionTokens,
            Cost = usage.Cost is { } cost ? Picodollars.FromDollars(cost) : null,
            IsEstimated = usage.IsEstimated,
            Day = DateOnly.FromDateTime(now.UtcDateTime),
            CreatedAt = now,
        };

    /// <summary>Marks the call as the last one of a question.</summary>
    public void EndQuestion() => Questions = 1;
}
