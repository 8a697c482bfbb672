using System.Text;

namespace QrAi.Tests.Integration.Hosting;

/// <summary>Requests that cannot be read are errors of the caller.</summary>
public sealed class RequestReadingTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private static readonly string[] _paths = ["/api/sessions", "/api/questions", "/v1/chat/completions", "/graphql"];

    [TestCase("application/json; charset=\"utf-8\"")]
    [TestCase("application/json; charset=\"UTF-8\"")]
    [TestCase("application/json;charset=utf8")]
    [TestCase("application/json; charset=UTF8")]
    [TestCase("application/json; CHARSET=\"Utf8\"; x=y")]
    [TestCase("APPLICATION/JSON; charset=csUTF8")]
    public async Task Any_name_of_the_charset_utf8_is_accepted(string type)
    {
        await using var qrai = await StartAsync();

        foreach (var (path, body) in _paths.Zip(Bodies()))
        {
            using var response = await SendAsync(qrai, HttpMethod.Post, path, body, type);
            ((int)response.StatusCode).ShouldBeInRange(200, 201, path);
        }

        var session = await qrai.CreateSessionAsync("Old");
        using var renamed = await SendAsync(
            qrai,
            HttpMethod.Patch,
            $"/api/sessions/{session.Id}",
            """{"title":"Neu: ẞ"}""",
            type
        );
        renamed.IsSuccessStatusCode.ShouldBeTrue();
        (await qrai.GetSessionAsync(session.Id)).Title.ShouldBe("Neu: ẞ");
    }

    [TestCase("application/json; charset=utf-16")]
    [TestCase("application/json; charset=\"iso-8859-1\"")]
    [TestCase("application/json; charset=utf-7")]
    [TestCase("application/json; charset=nothing")]
    [TestCase("application/json; charset='utf-8'")]
    [TestCase("application/json; charset=utf-8; charset=utf-16")]
    [TestCase("application/json; charset=")]
    public async Task Any_other_charset_is_a_415(string type)
    {
        await using var qrai = await StartAsync();

        foreach (var (path, body) in _paths.Zip(Bodies()))
        {
            using var response = await SendAsync(qrai, HttpMethod.Post, path, body, type);
            ((int)response.StatusCode).ShouldBe(415, path);
            (await response.Content.ReadAsStringAsync()).ShouldContain(
                "\"unsupported_media_type\"",
                Case.Sensitive,
                path
            );
        }

        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [TestCase("/api/sessions?q=a&q=b", "q")]
    [TestCase("/api/sessions?q=a&q=a", "q")]
    [TestCase("/api/sessions?limit=1&limit=1", "limit")]
    [TestCase("/api/sessions?cursor=&cursor=", "cursor")]
    [TestCase("/api/sessions?unknown=a&unknown=b", "unknown")]
    [TestCase("/api/sessions/0198b0de-3f5b-7b3a-8e53-5f3f3f3f3f3f?x&x", "x")]
    [TestCase("/api/sessions/0198b0de-3f5b-7b3a-8e53-5f3f3f3f3f3f/messages?limit=1&limit=2", "limit")]
    [TestCase("/api/answers/0198b0de-3f5b-7b3a-8e53-5f3f3f3f3f3f?x=1&x=2", "x")]
    [TestCase("/health/live?x=1&x=2", "x")]
    public async Task A_parameter_that_is_given_twice_is_a_400_that_names_it(string path, string name)
    {
        await using var qrai = await StartAsync();

        await qrai.GetAsync(path).ShouldBeProblem(400, "invalid_request", name);
    }

    [TestCase("/v1/models?limit=1&limit=2", "limit")]
    [TestCase("/graphql?query={__typename}&query={__typename}", "query")]
    [TestCase("/graphql?query={__typename}&variables={}&variables={}", "variables")]
    public async Task A_parameter_that_is_given_twice_is_a_400_in_the_format_of_each_API(string path, string name)
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.GetAsync(path);

        ((int)response.StatusCode).ShouldBe(400);
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldContain("invalid_request");
        body.ShouldContain($"\"{name}\"");
        body.ShouldContain("must be given once");
    }

    [TestCase("""{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"x","a":"\ud800"}]}""")]
    [TestCase("""{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"x","a":{"\udc00":1}}]}""")]
    [TestCase("""{"model":"m","messages":[{"role":"user","content":"a"}],"tool_choice":["\ud800"]}""")]
    [TestCase(
        """{"model":"m","messages":[{"role":"user","content":"a"}],"response_format":{"type":"x","a":"\ud800"}}"""
    )]
    public async Task A_lone_surrogate_in_forwarded_members_is_a_400(string body)
    {
        await using var qrai = await StartAsync();

        using var response = await SendAsync(qrai, HttpMethod.Post, "/v1/chat/completions", body, "application/json");

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync()).ShouldContain("invalid_request");
        Provider.Requests.ShouldBeEmpty();
    }

    private static string[] Bodies() =>
        [
            """{"title":"a"}""",
            """{"question":"a"}""",
            """{"model":"openrouter","messages":[{"role":"user","content":"a"}]}""",
            """{"query":"{ __typename }"}""",
        ];

    private static Task<HttpResponseMessage> SendAsync(
        QrAiHost qrai,
        HttpMethod method,
        string path,
        string body,
        string type
    )
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return qrai.SendAsync(method, path, content);
    }
}
