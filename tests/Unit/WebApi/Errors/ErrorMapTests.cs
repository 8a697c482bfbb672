using System.Text.Json;
using Microsoft.AspNetCore.Http;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Authentication;
using QrAi.WebApi.Errors;

namespace QrAi.Tests.Unit.WebApi.Errors;

public sealed class ErrorMapTests
{
    private static readonly Guid Id = Guid.Parse("019ab0de-7c5f-7000-8000-0123456789ab");

    private static IEnumerable<TestCaseData> Exceptions { get; } =
    [
        Case(new InvalidRequestException("question", "must be there"), "invalid_request", 400, null),
        Case(new BadHttpRequestException("Bad", 400), "invalid_request", 400, null),
        Case(new BadHttpRequestException("Large", 413), "payload_too_large", 413, null),
        Case(new BadHttpRequestException("Type", 415), "unsupported_media_type", 415, null),
        Case(new NotFoundException("session", Id), "not_found", 404, null),
        Case(new UnauthenticatedException(), "unauthenticated", 401, null),
        Case(new ForbiddenException("The token names nobody."), "forbidden", 403, null),
        Case(new TooManyAttemptsException(TimeSpan.FromSeconds(2)), "rate_limited", 429, 2),
        Case(new IssuerUnavailableException(), "issuer_unavailable", 503, 5),
        Case(new SessionBusyException(Id), "session_busy", 409, 1),
        Case(new ConflictException(new InvalidOperationException()), "conflict", 409, 1),
        Case(new AnswerFailedException(Failed("provider_failed")), "provider_failed", 502, null),
        Case(new AnswerFailedException(Failed("interrupted")), "interrupted", 502, null),
        Case(new AnswerFailedException(Failed("provider_timeout")), "provider_timeout", 504, null),
        Case(new AnswerFailedException(Failed("shutting_down")), "shutting_down", 503, 5),
        Case(new AnswerFailedException(Failed("internal_error")), "internal_error", 500, null),
        Case(new AnswerFailedException(Failed("of_tomorrow")), "internal_error", 500, null),
        Case(new DatabaseUnavailableException("Away."), "database_unavailable", 503, 2),
        Case(new SchemaOlderException("Migrations are pending: 2_Two."), "database_unavailable", 503, 2),
        Case(new SchemaNewerException(["2_Two"]), "database_unavailable", 503, 2),
        Case(new ProviderNotConfiguredException(null), "provider_not_configured", 503, 60),
        Case(new ShuttingDownException(), "shutting_down", 503, 5),
        Case(new InvalidOperationException("Secret"), "internal_error", 500, null),
        Case(new OperationCanceledException("Secret"), "internal_error", 500, null),
        Case(new AnswerEndedException(Id, MessageStatus.Failed), "internal_error", 500, null),
    ];

    [TestCaseSource(nameof(Exceptions))]
    public void Each_exception_has_its_code_and_status(Exception exception, string code, int status, int? retryAfter)
    {
        var kind = ErrorMap.Describe(exception).Kind;

        kind.Code.ShouldBe(code);
        kind.Status.ShouldBe(status);
        kind.RetryAfter?.TotalSeconds.ShouldBe(retryAfter!.Value);
        kind.RetryAfter.HasValue.ShouldBe(retryAfter.HasValue);
        kind.ExitCode.ShouldBe(status == 400 ? 2 : 1);
    }

    [TestCase(400, "invalid_request", 400)]
    [TestCase(401, "unauthenticated", 401)]
    [TestCase(403, "forbidden", 403)]
    [TestCase(404, "not_found", 404)]
    [TestCase(405, "method_not_allowed", 405)]
    [TestCase(406, "invalid_request", 406)]
    [TestCase(413, "payload_too_large", 413)]
    [TestCase(415, "unsupported_media_type", 415)]
    [TestCase(429, "rate_limited", 429)]
    [TestCase(431, "invalid_request", 431)]
    [TestCase(500, "internal_error", 500)]
    [TestCase(501, "internal_error", 500)]
    public void Each_bare_status_has_its_code(int status, string code, int mapped)
    {
        var error = ErrorMap.Describe(status);

        error.Kind.Code.ShouldBe(code);
        error.Kind.Status.ShouldBe(mapped);
        error.Detail.ShouldEndWith(".");
    }

    [Test]
    public void An_unexpected_exception_is_not_shown_to_callers() =>
        ErrorMap.Describe(new InvalidOperationException("Host=db;Password=secret")).Detail.ShouldNotContain("secret");

    [Test]
    public void Broken_rules_are_reported_by_field()
    {
        var fields = ErrorMap.Describe(new InvalidRequestException("question", "must be there")).Fields!;

        fields["question"].ShouldBe(["must be there"]);
    }

    [Test]
    public void A_body_that_is_not_JSON_is_reported_as_a_whole()
    {
        var error = ErrorMap.Describe(new BadHttpRequestException("QrAi.Types", 400, new JsonException("QrAi.Types")));

        error.Fields!.Keys.ShouldBe(["body"]);
        $"{error.Detail}{error.Fields["body"][0]}".ShouldNotContain("QrAi.Types");
    }

    [TestCase("$.question", "question")]
    [TestCase("$.a.b", "a.b")]
    [TestCase("$", "body")]
    public void An_invalid_member_is_named_without_internal_types(string path, string field)
    {
        var error = ErrorMap.Describe(
            new BadHttpRequestException("QrAi.Types", 400, new JsonException("QrAi.Types", path, 0, 0))
        );

        error.Fields!.Keys.ShouldBe([field]);
        error.Fields[field][0].ShouldNotContain("QrAi.Types");
    }

    [Test]
    public void A_problem_has_the_members_of_RFC_9457_and_a_code()
    {
        var context = new DefaultHttpContext { TraceIdentifier = "my-request" };
        var problem = Problem.Of(ErrorMap.Describe(new SessionBusyException(Id)), context);

        problem.Type.ShouldBe("urn:qrai:problem:session_busy");
        problem.Title.ShouldBe("The session is answering a question");
        problem.Status.ShouldBe(409);
        problem.Detail.ShouldNotBeNull().ShouldContain(Id.ToString());
        problem.Code.ShouldBe("session_busy");
        problem.TraceId.ShouldNotBeNull();
        JsonSerializer
            .SerializeToElement(problem, JsonSerializerOptions.Web)
            .EnumerateObject()
            .Select(member => member.Name)
            .ShouldBe(["type", "title", "status", "detail", "code", "traceId"]);
    }

    [Test]
    public void A_problem_with_fields_has_errors()
    {
        var problem = Problem.Of(
            ErrorMap.Describe(new InvalidRequestException("question", "must be there")),
            new DefaultHttpContext()
        );

        problem.Errors.ShouldNotBeNull()["question"].ShouldBe(["must be there"]);
    }

    [Test]
    public void A_problem_of_an_answer_has_its_ids_and_its_attempts()
    {
        var answer = Failed("provider_failed");
        var problem = Problem.Of(ErrorMap.Describe(answer), new DefaultHttpContext());

        problem.Detail.ShouldBe("It failed.");
        problem.AnswerId.ShouldBe(answer.Id);
        problem.SessionId.ShouldBe(answer.SessionId);
        problem.Attempts.ShouldBe(answer.Attempts);
    }

    private static TestCaseData Case(Exception exception, string code, int status, int? retryAfter) =>
        new(exception, code, status, retryAfter) { TestName = $"{exception.GetType().Name} is {code} {status}" };

    private static MessageDto Failed(string code) =>
        new(
            Id,
            Guid.Empty,
            null,
            MessageRole.Assistant,
            "",
            MessageStatus.Failed,
            null,
            null,
            null,
            [new Attempt("openrouter", "http_503", 12)],
            new AnswerError(code, "It failed."),
            TestClock.Noon,
            TestClock.Noon
        );
}
