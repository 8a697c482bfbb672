using System.Net.Http.Headers;
using System.Text;

namespace QrAi.Tests.Integration.Questions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class InvalidQuestionTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private static readonly (string Body, string? Field)[] _invalid =
    [
        ("""{"question":""}""", "question"),
        ("""{"question":" \n\t "}""", "question"),
        ("""{"question":null}""", "question"),
        ("{}", "question"),
        ("""{"question":"a\u0000b"}""", "question"),
        ($$"""{"question":"{{string.Concat(Enumerable.Repeat("🦉", 100_001))}}"}""", "question"),
        ("""{"question":42}""", "question"),
        ("""{"question":"Why?","sessionId":"42"}""", "sessionId"),
        ("""{"question":"Why?","provider":"acme"}""", "provider"),
        ("""{"question":"Why?","provider":""}""", "provider"),
        ("""{"question":"Why?","model":" "}""", "model"),
        ("""{"question":"Why?","question":"How?"}""", null),
        ("""{"question":"Why?","colour":"red"}""", "colour"),
        ("""{"Question":"Why?"}""", "Question"),
        ("""{"question":"Why?" """, null),
        ("""{"question":"Why?"} x""", null),
        ("""{"question":"\ud83e"}""", null),
        ("not json", null),
        ("[]", null),
        ("null", null),
        ("\"Why?\"", null),
        ("", null),
    ];

    [Test]
    public async Task An_invalid_question_is_refused_with_the_invalid_member_and_creates_nothing()
    {
        await using var qrai = await StartAsync();
        foreach (var (body, field) in _invalid)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            await qrai.PostAsync("/api/questions", content)
                .ShouldBeProblem(400, "invalid_request", field)
                .NameCaseAsync(body.Length > 100 ? body[..100] : body);
        }

        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
        Provider.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task Text_that_is_not_utf_8_is_refused()
    {
        await using var qrai = await StartAsync();
        using var content = new ByteArrayContent([.. "{\"question\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        await qrai.PostAsync("/api/questions", content).ShouldBeProblem(400, "invalid_request");
    }

    [Test]
    public async Task An_invalid_question_for_a_stream_is_refused_with_an_ordinary_problem()
    {
        await using var qrai = await StartAsync();

        await qrai.SendAsync(
                HttpMethod.Post,
                "/api/questions",
                new { question = " " },
                headers => headers.Accept.ParseAdd("text/event-stream")
            )
            .ShouldBeProblem(400, "invalid_request", "question");
    }

    [Test]
    public async Task An_unknown_session_is_a_404_and_creates_nothing()
    {
        await using var qrai = await StartAsync();

        await qrai.TryAskAsync("Where?", Guid.CreateVersion7()).ShouldBeProblem(404, "not_found");

        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
    }
}
