using System.Text.Json.Serialization;

namespace QrAi.WebApp.Api;

// The part of the API that the page uses; docs/openapi.json describes it. Unknown members are ignored.

/// <summary>An item of a list that is searched.</summary>
public interface IListed
{
    /// <summary>The id.</summary>
    Guid Id { get; }

    /// <summary>The title.</summary>
    string Title { get; }
}

/// <summary>A session.</summary>
public sealed record Session(
    Guid Id,
    string Title,
    int MessageCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
) : IListed
{
    /// <summary>What a search found.</summary>
    public SessionMatch? Match { get; init; }
}

/// <summary>What a search of sessions found.</summary>
public sealed record SessionMatch(string Quote, Guid? MessageId = null);

/// <summary>A page of a list.</summary>
public sealed record ItemPage<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>A question or an answer.</summary>
public sealed record Message(
    Guid Id,
    Guid SessionId,
    string Role,
    string Content,
    string Status,
    DateTimeOffset CreatedAt
)
{
    public string? Provider { get; init; }

    public string? Model { get; init; }

    public IReadOnlyList<Citation>? Citations { get; init; }

    public AnswerError? Error { get; init; }

    /// <summary>Whether it is an answer.</summary>
    [JsonIgnore]
    public bool IsAnswer => Role == "assistant";
}

/// <summary>Why an answer failed.</summary>
public sealed record AnswerError(string Code, string Message);

/// <summary>A passage that an answer refers to.</summary>
public sealed record Citation(int Number, Guid DocumentId, string Title, int Passage, string Quote)
{
    public string? Heading { get; init; }

    public int? Page { get; init; }
}

/// <summary>A passage of a document.</summary>
public sealed record Passage(Guid DocumentId, string Title, int Number, string Text)
{
    public string? Heading { get; init; }

    public int? Page { get; init; }
}

/// <summary>Passages.</summary>
public sealed record PassageList(IReadOnlyList<Passage> Passages);

/// <summary>A document.</summary>
public sealed record Document(
    Guid Id,
    string Name,
    string Title,
    string MediaType,
    long Size,
    string Status,
    bool Shared,
    DateTimeOffset CreatedAt
) : IListed
{
    public int? Pages { get; init; }

    public int? Passages { get; init; }

    public AnswerError? Error { get; init; }

    /// <summary>Whether the service still has to read it.</summary>
    [JsonIgnore]
    public bool IsPending => Status is "queued" or "processing";
}

/// <summary>A question to ask.</summary>
public sealed record Question(
    [property: JsonPropertyName("question")] string Text,
    Guid? SessionId = null,
    string? Provider = null,
    string? Model = null,
    string? Sources = null
);

/// <summary>The data of the event <c>started</c>.</summary>
public sealed record Started(Guid SessionId, Guid QuestionId, Guid AnswerId, string Provider, string Model);

/// <summary>The data of the event <c>restarted</c>.</summary>
public sealed record Restarted(string Provider, string Model, string Reason);

/// <summary>The data of the event <c>delta</c>.</summary>
public sealed record Delta(string Text);

/// <summary>The data of the last event.</summary>
public sealed record Ended(Message Answer);

/// <summary>A model that can be asked for.</summary>
/// <param name="Id">The provider, or <c>provider/model</c>.</param>
public sealed record ModelName(string Id)
{
    /// <summary>The provider.</summary>
    [JsonIgnore]
    public string Provider => Id.Split('/')[0];

    /// <summary>The model; null for the default of the provider.</summary>
    [JsonIgnore]
    public string? Model => Id.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? Id[(slash + 1)..] : null;
}

/// <summary>The models.</summary>
public sealed record ModelList(IReadOnlyList<ModelName> Data);

/// <summary>A new title.</summary>
public sealed record Title([property: JsonPropertyName("title")] string Text);

/// <summary>An error response.</summary>
public sealed record Problem(string? Code, string? Detail, string? Title)
{
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }
}

/// <summary>A question that may not have reached the service.</summary>
public sealed record PendingQuestion(string Key, Question Question);

/// <summary>How people sign in with the issuer of tokens.</summary>
public sealed record SignInSettings(string AuthorizationEndpoint, string TokenEndpoint, string ClientId, string Scope);

/// <summary>A sign-in that has begun.</summary>
public sealed record SignInAttempt(string State, string Verifier, string ReturnTo);

/// <summary>A token that gets another access token, and when the present one expires.</summary>
public sealed record RefreshToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>The tokens of an issuer.</summary>
public sealed record TokenResponse(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken,
    [property: JsonPropertyName("expires_in")] double? ExpiresIn
);

/// <summary>Serializes without reflection, which trimming would break.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(ItemPage<Session>))]
[JsonSerializable(typeof(ItemPage<Message>))]
[JsonSerializable(typeof(ItemPage<Document>))]
[JsonSerializable(typeof(ItemPage<Passage>))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(Document))]
[JsonSerializable(typeof(PassageList))]
[JsonSerializable(typeof(Question))]
[JsonSerializable(typeof(Started))]
[JsonSerializable(typeof(Restarted))]
[JsonSerializable(typeof(Delta))]
[JsonSerializable(typeof(Ended))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(Title))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(PendingQuestion))]
[JsonSerializable(typeof(SignInSettings))]
[JsonSerializable(typeof(SignInAttempt))]
[JsonSerializable(typeof(RefreshToken))]
[JsonSerializable(typeof(TokenResponse))]
internal sealed partial class ContractJson : JsonSerializerContext;
