using System.Text.Json.Serialization;

namespace QrAi.Application.Callers;

/// <summary>The caller. Members that do not apply are left out.</summary>
/// <param name="Owner">The owner of everything that the caller creates.</param>
/// <param name="Authentication">How the caller has authenticated.</param>
/// <param name="Key">The API key of the caller.</param>
/// <param name="Rights">
/// The rights of the caller: <c>share</c> is to add and delete documents that all owners can read.
/// </param>
/// <param name="RateLimit">The rate limit of the owner's questions.</param>
/// <param name="Limits">The limits of the key, and what is left of them.</param>
public sealed record CallerDto(
    string Owner,
    CallerAuthentication Authentication,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CallerKeyDto? Key,
    IReadOnlyList<string> Rights,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuestionLimitDto? RateLimit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<KeyLimitDto>? Limits
);

/// <summary>The API key of a caller, without its secret.</summary>
/// <param name="Id">The id, a version 7 UUID.</param>
/// <param name="Name">The name, which describes the purpose.</param>
/// <param name="CreatedAt">When the key was created.</param>
/// <param name="ExpiresAt">When the key expires; absent if it does not.</param>
/// <param name="LastUsedAt">The last recorded use, to a minute or two; absent if none is recorded yet.</param>
public sealed record CallerKeyDto(
    Guid Id,
    string Name,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? LastUsedAt
);

/// <summary>A limit of a key, in tokens or US dollars.</summary>
/// <param name="Limit">The limit as it was set.</param>
/// <param name="Used">What was used in the current period.</param>
/// <param name="Left">What is left for new answers: not what was used, nor what running answers have reserved.</param>
/// <param name="ResetsAt">When the next period begins.</param>
public sealed record KeyLimitDto(string Limit, decimal Used, decimal Left, DateTimeOffset ResetsAt);

/// <summary>The rate limit of questions.</summary>
/// <param name="PerMinute">The questions per minute on average.</param>
/// <param name="Burst">The questions at once.</param>
public sealed record QuestionLimitDto(int PerMinute, int Burst);
