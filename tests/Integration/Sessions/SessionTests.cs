using System.Net;
using System.Text;

namespace QrAi.Tests.Integration.Sessions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class SessionTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_new_session_is_a_201_with_its_location()
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.PostAsync("/api/sessions", new { title = " Owls " });

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var session = await QrAiClient.ReadAsync<SessionBody>(Task.FromResult(response));
        session.Id.Version.ShouldBe(7);
        session.Title.ShouldBe("Owls");
        session.MessageCount.ShouldBe(0);
        session.UpdatedAt.ShouldBe(session.CreatedAt);
        var location = new Uri(qrai.Address, response.Headers.Location!);
        location.AbsolutePath.ShouldBe($"/api/sessions/{session.Id}");
        (await qrai.GetSessionAsync(session.Id)).ShouldBe(session);
    }

    [Test]
    public async Task A_session_requires_neither_a_title_nor_a_body()
    {
        await using var qrai = await StartAsync();

        (await qrai.CreateSessionAsync()).Title.ShouldNotBeNullOrWhiteSpace();
        using var response = await qrai.PostAsync("/api/sessions");
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [TestCase(1)]
    [TestCase(200)]
    public async Task A_title_can_have_200_characters(int characters)
    {
        await using var qrai = await StartAsync();
        var title = string.Concat(Enumerable.Repeat("🦉", characters));

        var session = await qrai.CreateSessionAsync(title);
        var renamed = await qrai.RenameSessionAsync(session.Id, $" {title}\n");

        session.Title.ShouldBe(title);
        renamed.Title.ShouldBe(title);
    }

    [Test]
    public async Task An_invalid_title_is_refused_and_changes_nothing()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Owls");
        (string Body, string? Field)[] invalid =
        [
            ("""{"title":""}""", "title"),
            ("""{"title":"  "}""", "title"),
            ("""{"title":"a\u0000"}""", "title"),
            ($$"""{"title":"{{string.Concat(Enumerable.Repeat("🦉", 201))}}"}""", "title"),
            ("""{"title":1}""", "title"),
            ("""{"titel":"Owls"}""", "titel"),
            ("""{"title":"A","title":"B"}""", null),
            ("{", null),
        ];
        foreach (var (body, field) in invalid)
        foreach (var (method, path) in new[] { ("POST", "/api/sessions"), ("PATCH", $"/api/sessions/{session.Id}") })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            await qrai.SendAsync(new HttpMethod(method), path, content)
                .ShouldBeProblem(400, "invalid_request", field)
                .NameCaseAsync($"{method} {body}");
        }

        await qrai.SendAsync(HttpMethod.Patch, $"/api/sessions/{session.Id}", new { })
            .ShouldBeProblem(400, "invalid_request", "title");
        (await qrai.ListSessionsAsync()).Items.ShouldBe([session]);
    }

    [Test]
    public async Task A_session_can_be_renamed_while_it_answers()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Owls");
        var asking = qrai.AskAsync("Who?", session.Id);
        await gate.Request;

        var renamed = await qrai.RenameSessionAsync(session.Id, "Night birds");
        gate.Send("Owls");
        gate.Finish();
        var asked = await asking;

        renamed.Title.ShouldBe("Night birds");
        renamed.UpdatedAt.ShouldBeGreaterThan(session.UpdatedAt);
        asked.Answer.Content.ShouldBe("Owls");
        var after = await qrai.GetSessionAsync(session.Id);
        after.Title.ShouldBe("Night birds");
        after.MessageCount.ShouldBe(2);
        after.UpdatedAt.ShouldBe(renamed.UpdatedAt);
    }

    [Test]
    public async Task A_session_is_deleted_with_its_messages()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("Going?");
        var other = await qrai.AskAsync("Staying?");

        await qrai.DeleteSessionAsync(asked.SessionId);

        await qrai.GetAsync($"/api/sessions/{asked.SessionId}").ShouldBeProblem(404, "not_found");
        await qrai.GetAsync($"/api/sessions/{asked.SessionId}/messages").ShouldBeProblem(404, "not_found");
        await qrai.GetAsync($"/api/answers/{asked.Answer.Id}").ShouldBeProblem(404, "not_found");
        (await qrai.GetAnswerAsync(other.Answer.Id)).Status.ShouldBe("completed");
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((1, 2));
    }

    [Test]
    public async Task A_deletion_during_an_answer_aborts_the_request_to_the_provider()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("Too ");
        await using var stream = await qrai.AskStreamingAsync("Late?");
        var started = (await stream.ReadAsync())!.Data;

        await qrai.DeleteSessionAsync(started.GetProperty("sessionId").GetGuid());

        await (await gate.Request).Aborted.WaitAsync(Eventually.DefaultLimit);
        var last = (await stream.ReadToEndAsync())[^1];
        last.Event.ShouldBe("completed");
        Wire.Read<MessageBody>(last.Data.GetProperty("answer")).Status.ShouldBe("cancelled");
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
    }

    [Test]
    public async Task An_unknown_id_is_a_404_and_an_invalid_id_a_400()
    {
        await using var qrai = await StartAsync();
        var question = (await qrai.AskAsync("Who?")).Question.Id;
        foreach (
            var (method, path) in new[]
            {
                ("GET", "/api/sessions/{id}"),
                ("PATCH", "/api/sessions/{id}"),
                ("DELETE", "/api/sessions/{id}"),
                ("GET", "/api/sessions/{id}/messages"),
                ("GET", "/api/answers/{id}"),
                ("GET", "/api/answers/{id}/stream"),
                ("POST", "/api/answers/{id}/cancel"),
            }
        )
        {
            var body = method == "PATCH" ? new { title = "Who" } : null;
            Task<HttpResponseMessage> At(string id) =>
                qrai.SendAsync(new HttpMethod(method), path.Replace("{id}", id, StringComparison.Ordinal), body);

            await At($"{Guid.CreateVersion7()}").ShouldBeProblem(404, "not_found").NameCaseAsync($"{method} {path}");
            await At("42").ShouldBeProblem(400, "invalid_request", "id").NameCaseAsync($"{method} {path}");
            // A question is neither an answer nor a session.
            await At($"{question}").ShouldBeProblem(404, "not_found").NameCaseAsync($"{method} {path}, a question");
        }
    }

    [Test]
    public async Task Twenty_concurrent_renames_and_a_question_all_succeed()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync("Owls");

        var asking = qrai.AskAsync("Who?", session.Id);
        var titles = Enumerable.Range(1, 20).Select(number => $"Owls {number}").ToList();
        var renamed = await Task.WhenAll(titles.Select(title => qrai.RenameSessionAsync(session.Id, title)));

        renamed.Select(each => each.Title).ShouldBe(titles);
        (await asking).Answer.Status.ShouldBe("completed");
        var after = await qrai.GetSessionAsync(session.Id);
        titles.ShouldContain(after.Title);
        after.MessageCount.ShouldBe(2);
    }

    [TestCase("New session", "New session")]
    [TestCase(null, "Who?")]
    public async Task The_first_question_titles_an_untitled_session(string? title, string expected)
    {
        await using var qrai = await StartAsync();
        var session = await qrai.CreateSessionAsync(title);

        await qrai.AskAsync("Who?", session.Id);
        await qrai.AskAsync("And who else?", session.Id);

        (await qrai.GetSessionAsync(session.Id)).Title.ShouldBe(expected);
    }
}
