using System.Text.Json;
using System.Text.Json.Serialization;

namespace QrAi.Tests.Integration.Setup;

// Independent definitions of the contract: deserialization fails if a member of a response is missing, misspelt or
// unknown.

public sealed record SessionBody(
    Guid Id,
    string Title,
    int MessageCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public MatchBody? Match { get; init; }
}

public sealed record MatchBody(string Quote, Guid? MessageId = null);

public sealed record MessageBody
{
    public required Guid Id { get; init; }
    public required Guid SessionId { get; init; }
    public required string Role { get; init; }
    public required string Content { get; init; }
    public required string Status { get; init; }
    public string? Provider { get; init; }
    public string? Model { get; init; }
    public UsageBody? Usage { get; init; }
    public IReadOnlyList<AttemptBody>? Attempts { get; init; }
    public IReadOnlyList<CitationBody>? Citations { get; init; }
    public AnswerErrorBody? Error { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The outcomes of the attempts, each as <c>provider outcome</c>.</summary>
    [JsonIgnore]
    public IEnumerable<string> Outcomes => (Attempts ?? []).Select(attempt => $"{attempt.Provider} {attempt.Outcome}");
}

public sealed record CitationBody(
    int Number,
    Guid DocumentId,
    string Title,
    int Passage,
    string Quote,
    string? Heading = null,
    int? Page = null
);

public sealed record UsageBody(int PromptTokens, int CompletionTokens, int TotalTokens, decimal? Cost = null);

public sealed record UsageReportBody(IReadOnlyList<UsageItemBody> Items, UsageTotalBody Total);

public sealed record UsageItemBody(
    string Key,
    long Questions,
    long PromptTokens,
    long CompletionTokens,
    decimal? Cost = null
);

public sealed record UsageTotalBody(long Questions, long PromptTokens, long CompletionTokens, decimal? Cost = null);

public sealed record CallerBody(
    string Owner,
    string Authentication,
    IReadOnlyList<string> Rights,
    CallerKeyBody? Key = null,
    CallerLimitBody? RateLimit = null,
    IReadOnlyList<KeyLimitBody>? Limits = null
);

public sealed record KeyLimitBody(string Limit, decimal Used, decimal Left, DateTimeOffset ResetsAt);

public sealed record CallerKeyBody(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? LastUsedAt = null
);

public sealed record CallerLimitBody(int PerMinute, int Burst);

public sealed record AttemptBody(string Provider, string Outcome, long Milliseconds);

public sealed record AnswerErrorBody(string Code, string Message);

public sealed record AnsweredBody(Guid SessionId, MessageBody Question, MessageBody Answer);

public sealed record PageBody<T>(IReadOnlyList<T> Items, string? NextCursor);

public sealed record HealthBody(string Status, Dictionary<string, HealthCheckBody> Checks);

public sealed record HealthCheckBody(string Status)
{
    public string? Detail { get; init; }
}

public sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Code, string TraceId)
{
    public Dictionary<string, string[]>? Errors { get; init; }
    public Guid? SessionId { get; init; }
    public Guid? AnswerId { get; init; }
    public IReadOnlyList<AttemptBody>? Attempts { get; init; }
}

public static class Wire
{
    public static JsonSerializerOptions Json { get; } =
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
        };

    public static T Read<T>(JsonElement json) => json.Deserialize<T>(Json)!;
}
