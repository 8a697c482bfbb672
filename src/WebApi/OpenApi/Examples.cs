using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.Application.Paging;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Application.Usage;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Endpoints;
using static QrAi.WebApi.Health.HealthEndpoints;

namespace QrAi.WebApi.OpenApi;

/// <summary>Examples of requests and responses. All routes with a type share its examples.</summary>
internal static class Examples
{
    public const string Provider = "openrouter";
    public const string Model = "openai/gpt-5-mini";
    public const string Question = "日本の首都は？";

    /// <summary>The id of a session.</summary>
    public static readonly Guid SessionId = new("019aba3e-7f5b-74ba-987d-15a84d645740");

    private static readonly Guid _questionId = new("019aba3e-7f5b-7445-ad72-7c9395f0e3d3");
    private static readonly DateTimeOffset _asked = new DateTimeOffset(
        2026,
        11,
        23,
        3,
        0,
        0,
        TimeSpan.Zero
    ).AddMicroseconds(755_329);

    /// <summary>A complete answer.</summary>
    public static readonly MessageDto Answer = new(
        new Guid("019aba3e-7f5c-779a-88e2-19ee1f918a75"),
        SessionId,
        _questionId,
        MessageRole.Assistant,
        "東京です。",
        MessageStatus.Completed,
        Provider,
        Model,
        new TokenUsage(31, 5, 36) { Cost = 0.01775m },
        [new Attempt(Provider, "completed", 820)],
        Error: null,
        _asked,
        _asked.AddMicroseconds(1_038_336)
    );

    /// <summary>An answer from a document.</summary>
    public static readonly MessageDto CitingAnswer = Answer with
    {
        Content = "三日前までです[1]。",
        Sources = [DocumentExamples.Source],
    };

    private static readonly MessageDto _question = Answer with
    {
        Id = _questionId,
        Role = MessageRole.User,
        Content = Question,
        Provider = null,
        Model = null,
        Usage = null,
        Attempts = null,
        CompletedAt = _asked,
    };

    private static readonly SessionDto _session = new(SessionId, Question, 2, _asked, Answer.CompletedAt!.Value);

    private static readonly HealthCheckDto _healthy = new(HealthStatus.Healthy, Detail: null);

    /// <summary>Requests leave out the members that they do not need.</summary>
    private static readonly JsonSerializerOptions _sparse = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Dictionary<Type, Example[]> _requests = new()
    {
        [typeof(AskQuestion)] =
        [
            new("new", new AskQuestion(Question), _sparse),
            new("continued", new AskQuestion("And of France?", SessionId, Provider), _sparse),
            new(
                "ofDocuments",
                new AskQuestion("休暇はいつまでに申請しますか", DocumentIds: [DocumentExamples.Source.DocumentId]),
                _sparse
            ),
        ],
        [typeof(CreateSession)] =
        [
            new("titled", new CreateSession("Capitals"), _sparse),
            new("untitled", new CreateSession(), _sparse),
        ],
        [typeof(SessionEndpoints.NewTitle)] = [new("renamed", new SessionEndpoints.NewTitle("Capitals"))],
    };

    private static readonly Dictionary<Type, Example[]> _responses = new()
    {
        [typeof(AnsweredQuestion)] = [new("answered", new AnsweredQuestion(SessionId, _question, Answer))],
        [typeof(UsageReport)] =
        [
            new(
                "byDay",
                new UsageReport(
                    [new UsageItem("2026-11-23", 12, 4_210, 1_630, 0.0043125m)],
                    new UsageTotal(12, 4_210, 1_630, 0.0043125m)
                )
            ),
        ],
        [typeof(MessageDto)] =
        [
            new("completed", Answer),
            new("citing", CitingAnswer),
            new("cancelled", Answer with { Content = "東京", Status = MessageStatus.Cancelled, Usage = null }),
        ],
        [typeof(SessionDto)] = [new("session", _session)],
        [typeof(Page<SessionDto>)] =
        [
            new("firstPage", new Page<SessionDto>([_session], "CN9Kry1gtyQHEaIBk4R3cZm7bLQAVnJ9yqgjjJxGpnA")),
            new(
                "found",
                new Page<SessionDto>([_session with { Match = new(Answer.Id, Answer.Content) }], NextCursor: null)
            ),
        ],
        [typeof(JsonObject)] =
        [
            new("document", new JsonObject { ["openapi"] = "3.1.1", ["paths"] = new JsonObject() }),
        ],
        [typeof(Page<MessageDto>)] = [new("lastPage", new Page<MessageDto>([_question, Answer], NextCursor: null))],
    };

    private static readonly Dictionary<int, Example[]> _health = new()
    {
        [StatusCodes.Status200OK] =
        [
            Health(
                HealthStatus.Healthy,
                ("database", _healthy),
                ("providers", _healthy with { Detail = "openrouter: ok" }),
                ("lifecycle", _healthy)
            ),
        ],
        [StatusCodes.Status503ServiceUnavailable] =
        [
            Health(
                HealthStatus.Unhealthy,
                ("database", new HealthCheckDto(HealthStatus.Unhealthy, "The database cannot be reached.")),
                ("lifecycle", _healthy)
            ),
        ],
    };

    /// <summary>The examples of a request's body.</summary>
    public static IReadOnlyList<Example> OfRequest(Type type) =>
        _requests.GetValueOrDefault(type)
        ?? DocumentExamples.Requests.GetValueOrDefault(type)
        ?? OpenAiExamples.Requests.GetValueOrDefault(type)
        ?? GraphQlExamples.Requests.GetValueOrDefault(type)
        ?? [];

    /// <summary>The examples of a response's body.</summary>
    public static IReadOnlyList<Example> OfResponse(Type type, int status) =>
        type == typeof(HealthDto)
            ? _health[status]
            : _responses.GetValueOrDefault(type)
                ?? DocumentExamples.Responses.GetValueOrDefault(type)
                ?? CallerExamples.Responses.GetValueOrDefault(type)
                ?? OpenAiExamples.Responses.GetValueOrDefault(type)
                ?? GraphQlExamples.OfResponse(type, status);

    private static Example Health(HealthStatus status, params (string Name, HealthCheckDto Check)[] checks) =>
        new("probe", new HealthDto(status, checks.ToDictionary(check => check.Name, check => check.Check)));
}
