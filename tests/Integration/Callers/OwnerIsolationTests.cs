using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace QrAi.Tests.Integration.Callers;

/// <summary>Proves that no route gives an owner access to the data of another owner.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class OwnerIsolationTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private const string Text = "Alice's document.";

    private static readonly Dictionary<string, string> _withKeys = new() { ["AUTHENTICATION"] = "api-key" };

    /// <summary>
    /// Alice's data: a session with an answer, another whose answer is still being generated, and a document.
    /// </summary>
    private sealed record Belongings(SessionBody Ended, MessageBody Answer, Guid Busy, Guid Running, Guid Document);

    /// <summary>For each route, Bob's attempt to access Alice's data. A new route has to be added here.</summary>
    private static readonly Dictionary<string, Func<QrAiClient, Belongings, Task>> _routes = new()
    {
        ["POST /api/questions"] = async (bob, hers) =>
        {
            await bob.TryAskAsync("Hers?", hers.Ended.Id).ShouldBeProblem(404, "not_found");
            await bob.TryAskAsync("Hers?", hers.Busy).ShouldBeProblem(404, "not_found"); // not even session_busy
        },
        ["POST /api/sessions"] = async (bob, hers) =>
            (await bob.CreateSessionAsync(hers.Ended.Title)).Id.ShouldNotBe(hers.Ended.Id),
        ["GET /api/sessions"] = async (bob, hers) =>
        {
            foreach (var path in new[] { "", "?limit=100", $"?q={Uri.EscapeDataString(hers.Ended.Title)}" })
                (await QrAiClient.ReadAsync<PageBody<SessionBody>>(bob.GetAsync("/api/sessions" + path)))
                    .Items.Select(session => session.Id)
                    .ShouldNotContain(id => id == hers.Ended.Id || id == hers.Busy);
        },
        ["GET /api/sessions/{id}"] = (bob, hers) =>
            NotFoundAsync(bob, HttpMethod.Get, $"/api/sessions/{hers.Ended.Id}"),
        ["PATCH /api/sessions/{id}"] = (bob, hers) =>
            NotFoundAsync(bob, HttpMethod.Patch, $"/api/sessions/{hers.Ended.Id}", new { title = "Bob's" }),
        ["DELETE /api/sessions/{id}"] = async (bob, hers) =>
        {
            await NotFoundAsync(bob, HttpMethod.Delete, $"/api/sessions/{hers.Ended.Id}");
            await NotFoundAsync(bob, HttpMethod.Delete, $"/api/sessions/{hers.Busy}");
        },
        ["GET /api/sessions/{id}/messages"] = (bob, hers) =>
            NotFoundAsync(bob, HttpMethod.Get, $"/api/sessions/{hers.Ended.Id}/messages"),
        ["GET /api/answers/{id}"] = (bob, hers) => NeitherAsync(bob, hers, HttpMethod.Get, ""),
        ["GET /api/answers/{id}/stream"] = (bob, hers) => NeitherAsync(bob, hers, HttpMethod.Get, "/stream"),
        ["POST /api/answers/{id}/cancel"] = (bob, hers) => NeitherAsync(bob, hers, HttpMethod.Post, "/cancel"),
        ["POST /api/documents"] = async (bob, hers) =>
            (await bob.AddAsync("a.txt", Text)).Id.ShouldNotBe(hers.Document), // the same bytes
        ["GET /api/documents"] = async (bob, hers) =>
            (await bob.ListDocumentsAsync("?limit=100")).Items.ShouldNotContain(one => one.Id == hers.Document),
        ["GET /api/documents/{id}"] = (bob, hers) =>
            NotFoundAsync(bob, HttpMethod.Get, $"/api/documents/{hers.Document}"),
        ["DELETE /api/documents/{id}"] = (bob, hers) =>
            NotFoundAsync(bob, HttpMethod.Delete, $"/api/documents/{hers.Document}"),
        ["GET /api/documents/{id}/content"] = (bob, hers) =>
            NotFoundAsync(bob, HttpMethod.Get, $"/api/documents/{hers.Document}/content"),
        ["GET /api/documents/{id}/passages"] = (bob, hers) =>
            NotFoundAsync(bob, HttpMethod.Get, $"/api/documents/{hers.Document}/passages"),
        ["POST /api/search"] = async (bob, hers) =>
        {
            (await bob.SearchAsync("Alice")).ShouldNotContain(one => one.DocumentId == hers.Document);
            (await bob.SearchAsync("Alice", documentIds: [hers.Document])).ShouldBeEmpty();
        },
        ["GET /api/usage"] = async (bob, _) =>
            (await QrAiClient.ReadAsync<UsageReportBody>(bob.GetAsync("/api/usage"))).Items.ShouldBeEmpty(),
        ["GET /api/keys/me"] = async (bob, _) =>
            (await QrAiClient.ReadAsync<CallerBody>(bob.GetAsync("/api/keys/me"))).Owner.ShouldBe("bob"),
        ["GET /graphql"] = (bob, hers) =>
            NothingByGraphQlAsync(bob, hers, query => bob.GetAsync("/graphql?query=" + Uri.EscapeDataString(query))),
        ["POST /graphql"] = async (bob, hers) =>
        {
            await NothingByGraphQlAsync(bob, hers, query => bob.PostAsync("/graphql", new { query }));
            foreach (
                var mutation in new[]
                {
                    $"ask(input: {{ question: \"Hers?\", sessionId: \"{hers.Ended.Id}\" }}) {{ answer {{ id }} }}",
                    $"renameSession(id: \"{hers.Ended.Id}\", title: \"Bob's\") {{ id }}",
                    $"deleteSession(id: \"{hers.Ended.Id}\")",
                    $"cancelAnswer(id: \"{hers.Running}\") {{ id }}",
                    $"deleteDocument(id: \"{hers.Document}\")",
                }
            )
                await NotFoundByGraphQlAsync(bob.PostAsync("/graphql", new { query = $"mutation {{ {mutation} }}" }));
        },
        ["POST /v1/chat/completions"] = async (bob, hers) =>
        {
            foreach (var id in new[] { hers.Ended.Id, hers.Busy })
            {
                using var response = await bob.PostAsync(
                    "/v1/chat/completions",
                    new
                    {
                        model = "openrouter",
                        store = true,
                        metadata = new { session_id = id },
                        messages = new[] { new { role = "user", content = "Hers?" } },
                    }
                );
                response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            }
        },
        // They contain no data of owners.
        ["GET /v1/models"] = (_, _) => Task.CompletedTask,
        ["GET /v1/models/{*model}"] = (_, _) => Task.CompletedTask,
        ["GET /openapi/v1.json"] = (_, _) => Task.CompletedTask,
        ["GET /docs/{documentName?}"] = (_, _) => Task.CompletedTask,
        ["GET /docs/favicon.svg"] = (_, _) => Task.CompletedTask,
        ["GET /docs/scalar.js"] = (_, _) => Task.CompletedTask,
        ["GET /docs/scalar.aspnetcore.js"] = (_, _) => Task.CompletedTask,
    };

    private const string PageFiles = @"GET /{file:regex(\.(css|html|js|svg)(\.(br|gz))?$)}";

    private static readonly string[] _open =
    [
        "GET /",
        "GET /documents",
        "GET /sessions/{id}",
        "GET /signed-in",
        "GET /_framework/{**file}",
        PageFiles,
        "GET /health",
        "GET /health/live",
        "GET /health/ready",
    ];

    [Test]
    public async Task Every_route_is_explicitly_public_or_isolates_owners()
    {
        await using var qrai = await StartAsync(_withKeys);

        var all = EndpointsOf(qrai);

        all.Where(one => one.IsOpen).Select(one => one.Route).ShouldBe(_open, ignoreOrder: true);
        all.Where(one => !one.IsOpen).Select(one => one.Route).ShouldBe(_routes.Keys, ignoreOrder: true);
    }

    [Test]
    public async Task Every_route_except_public_ones_requires_authentication()
    {
        await using var qrai = await StartAsync(_withKeys);

        foreach (var (route, isOpen) in EndpointsOf(qrai))
        {
            var (method, path) = (route.Split(' ')[0], route == PageFiles ? "/app.css" : route.Split(' ')[1]);
            path = path.Replace("{id}", Guid.CreateVersion7().ToString(), StringComparison.Ordinal)
                .Replace("{documentName}", "v1", StringComparison.Ordinal)
                .Replace("{documentName?}", "", StringComparison.Ordinal)
                .Replace("{**file}", "blazor.webassembly.js", StringComparison.Ordinal);
            if (isOpen)
            {
                using var response = await qrai.SendAsync(
                    new HttpMethod(method),
                    path,
                    headers: headers => headers.Accept.ParseAdd("text/html")
                );
                response.StatusCode.ShouldBe(HttpStatusCode.OK, route);
            }
            else if (path.StartsWith("/v1/", StringComparison.Ordinal))
            {
                using var response = await qrai.SendAsync(new HttpMethod(method), path);
                response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, route);
                (await response.Content.ReadAsStringAsync()).ShouldContain("\"code\":\"unauthenticated\"");
            }
            else
                await qrai.SendAsync(new HttpMethod(method), path)
                    .ShouldBeProblem(401, "unauthenticated")
                    .NameCaseAsync(route);
        }

        await qrai.GetAsync("/nowhere").ShouldBeProblem(401, "unauthenticated");
    }

    [Test]
    public async Task Data_of_another_owner_is_not_accessible_by_any_route_and_not_changed()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await qrai.AsAsync("alice");
        await using var bob = await qrai.AsAsync("bob");
        var asked = await alice.AskAsync("Whose is this?");
        var gate = Gate();
        var asking = alice.AskStreamingAsync("And this?");
        gate.Send("Al");
        await using var running = await asking;
        var busy = (await alice.ListSessionsAsync(1)).Items.Single().Id;
        var hers = new Belongings(
            await alice.GetSessionAsync(asked.SessionId),
            asked.Answer,
            busy,
            (await alice.ListMessagesAsync(busy)).Items[^1].Id,
            (await alice.AddReadyAsync("a.txt", Text)).Id
        );

        foreach (var (route, attempt) in _routes)
            await attempt(bob, hers).NameCaseAsync(route);

        gate.Finish("ice's.");
        (await running.ReadToEndAsync()).ShouldNotBeEmpty();
        (await alice.GetAnswerAsync(hers.Running)).Content.ShouldBe("Alice's.");
        (await alice.GetSessionAsync(hers.Ended.Id)).ShouldBe(hers.Ended);
        (await alice.ListSessionsAsync()).Items.Select(one => one.Id).ShouldBe([hers.Busy, hers.Ended.Id]);
        (await bob.ListSessionsAsync()).Items.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_cursor_of_another_owner_reveals_none_of_its_data()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await qrai.AsAsync("alice");
        await using var bob = await qrai.AsAsync("bob");
        var first = await bob.CreateSessionAsync("Bob's first");
        for (var number = 1; number <= 3; number++)
            await alice.CreateSessionAsync($"Alice's {number.ToString(CultureInfo.InvariantCulture)}");

        var hers = await alice.ListSessionsAsync(1);

        (await bob.ListSessionsAsync(10, hers.NextCursor)).Items.ShouldBe([first]);
    }

    [Test]
    public async Task Keys_of_one_owner_access_the_same_data()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var one = qrai.As((await qrai.CreateKeyAsync("Old", "alice")).Secret);
        await using var other = qrai.As((await qrai.CreateKeyAsync("New", "alice")).Secret);

        var session = await one.CreateSessionAsync("Shared");

        (await other.GetSessionAsync(session.Id)).ShouldBe(session);
    }

    [Test]
    public async Task Data_from_before_authentication_is_accessible_with_a_key_of_its_owner()
    {
        Guid before;
        await using (var open = await StartAsync())
            before = (await open.AskAsync("Whose am I?")).SessionId;

        await using var qrai = await StartAsync(_withKeys);
        await using var heir = qrai.As((await qrai.CreateKeyAsync("Heir", "anonymous")).Secret);
        await using var other = await qrai.AsAsync("bob");

        (await heir.GetSessionAsync(before)).MessageCount.ShouldBe(2);
        await other.GetAsync($"/api/sessions/{before}").ShouldBeProblem(404, "not_found");
    }

    private static List<(string Route, bool IsOpen)> EndpointsOf(QrAiHost qrai) =>
        [
            .. qrai
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .SelectMany(endpoint =>
                    endpoint
                        .Metadata.GetMetadata<IHttpMethodMetadata>()!
                        .HttpMethods.Select(method =>
                            (
                                $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}",
                                endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
                            )
                        )
                ),
        ];

    private static async Task NotFoundAsync(QrAiClient bob, HttpMethod method, string path, object? body = null) =>
        await bob.SendAsync(method, path, body).ShouldBeProblem(404, "not_found");

    private static async Task NothingByGraphQlAsync(
        QrAiClient bob,
        Belongings hers,
        Func<string, Task<HttpResponseMessage>> query
    )
    {
        await NotFoundByGraphQlAsync(
            query($"{{ session(id: \"{hers.Ended.Id}\") {{ id messages {{ nodes {{ id }} }} }} }}")
        );
        await NotFoundByGraphQlAsync(query($"{{ answer(id: \"{hers.Answer.Id}\") {{ id session {{ id }} }} }}"));
        await NotFoundByGraphQlAsync(query($"{{ answer(id: \"{hers.Running}\") {{ id }} }}"));
        await NotFoundByGraphQlAsync(query($"{{ document(id: \"{hers.Document}\") {{ id }} }}"));
        using var documents = await query(
            "{ documents(first: 100) { nodes { id } } search(query: \"Alice\") { documentId } }"
        );
        var found = await documents.Content.ReadAsStringAsync();
        found.ShouldStartWith("{\"data\":{\"documents\":");
        found.ShouldNotContain(hers.Document.ToString());
        using var list = await query("{ sessions(first: 100) { nodes { id messages(first: 100) { nodes { id } } } } }");
        var text = await list.Content.ReadAsStringAsync();
        text.ShouldStartWith("{\"data\":{\"sessions\":");
        foreach (var id in new[] { hers.Ended.Id, hers.Answer.Id, hers.Busy, hers.Running })
            text.ShouldNotContain(id.ToString());
    }

    private static async Task NotFoundByGraphQlAsync(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("\"code\":\"not_found\"");
        text.ShouldNotContain("\"id\"");
    }

    private static async Task NeitherAsync(QrAiClient bob, Belongings hers, HttpMethod method, string what)
    {
        await NotFoundAsync(bob, method, $"/api/answers/{hers.Answer.Id}{what}");
        await NotFoundAsync(bob, method, $"/api/answers/{hers.Running}{what}");
    }
}
