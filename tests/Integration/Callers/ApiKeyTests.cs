using System.Net;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Callers;

namespace QrAi.Tests.Integration.Callers;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class ApiKeyTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private static readonly Dictionary<string, string> _withKeys = new() { ["AUTHENTICATION"] = "api-key" };

    [Test]
    public async Task Only_a_valid_key_is_accepted()
    {
        await using var qrai = await StartAsync(_withKeys);
        var key = await qrai.CreateKeyAsync("alice");
        await using var alice = qrai.As(key.Secret);

        (await alice.AskAsync("May I?")).Answer.Status.ShouldBe("completed");

        var other = key.Secret[..^1] + (key.Secret[^1] == 'A' ? 'E' : 'A');
        string?[] wrong =
        [
            null,
            "Bearer",
            $"Bearer {other}",
            $"Bearer {key.Secret}A",
            $"Bearer {key.Secret[..^1]}",
            $"Bearer {key.Secret.ToUpperInvariant()}",
            $"Bearer {key.Key.Id}",
            "Bearer eyJhbGciOiJub25lIn0.e30.",
            $"Basic {key.Secret}",
            key.Secret,
        ];
        foreach (var sent in wrong)
        {
            using var response = await SendAsync(qrai, sent);
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
            await Task.FromResult(response).ShouldBeProblem(401, "unauthenticated").NameCaseAsync(sent ?? "nothing");
        }

        using var lower = await SendAsync(qrai, $"bearer {key.Secret}");
        lower.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_revoked_key_is_refused_two_seconds_after_its_last_look_up()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, _withKeys);
        await using var verbs = new Verbs(await DatabaseUrlAsync());
        await verbs.RequireSchemaAsync();
        var key = await verbs.SendAsync(new CreateKey("alice", null, null));
        await using var alice = qrai.As(key.Secret);
        await alice.CreateSessionAsync("Before");

        await verbs.SendAsync(new RevokeKey(key.Key.Id));
        clock.Advance(TimeSpan.FromSeconds(2));

        await alice.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
        (await verbs.SendAsync(new ListKeys())).Single().IsUsable.ShouldBeFalse();
    }

    [Test]
    public async Task A_key_is_looked_up_once_in_two_seconds_and_an_unknown_one_each_time()
    {
        var clock = new TestClock();
        var statements = new Statements();
        await using var qrai = await StartAsync(
            _withKeys,
            services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                statements.Watch(services, Kind);
            }
        );
        await using var alice = await qrai.AsAsync("alice");
        await using var unknown = qrai.As("qrai_" + new string('A', 43));

        await alice.AskAsync("Who am I?");
        await alice.AskAsync("And now?");
        LookUps().ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(2));
        await alice.ListSessionsAsync();
        LookUps().ShouldBe(2);

        await unknown.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
        await unknown.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
        LookUps().ShouldBe(4);

        int LookUps() =>
            statements.All.Count(one =>
                one.Sql.StartsWith("SELECT", StringComparison.Ordinal)
                && one.Sql.Contains("api_keys", StringComparison.Ordinal)
                && one.Parameters.Any(parameter => parameter.Value is string { Length: 64 }) // a hash
            );
    }

    [Test]
    public async Task A_key_is_accepted_until_it_expires()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, _withKeys);
        await using var alice = qrai.As(
            (await qrai.CreateKeyAsync("alice", expiresAt: clock.GetUtcNow().AddHours(1))).Secret
        );
        clock.Advance(TimeSpan.FromMinutes(59));
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();

        clock.Advance(TimeSpan.FromMinutes(1));

        await alice.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
    }

    [Test]
    public async Task The_last_use_of_a_key_is_stored_to_the_minute_and_not_by_a_request()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, _withKeys);
        var key = await qrai.CreateKeyAsync("alice");
        await using var alice = qrai.As(key.Secret);
        var first = clock.GetUtcNow();

        await alice.ListSessionsAsync();
        (await UsedAsync()).ShouldBeNull();
        await WrittenAsync(first);
        clock.Advance(TimeSpan.FromSeconds(30));
        await alice.ListSessionsAsync();
        clock.Advance(TimeSpan.FromMinutes(2));
        (await UsedAsync()).ShouldBe(first); // the second use was within the same minute
        var last = clock.GetUtcNow();
        await alice.ListSessionsAsync();
        await WrittenAsync(last);

        async Task<DateTimeOffset?> UsedAsync()
        {
            await using var verbs = new Verbs(await DatabaseUrlAsync());
            await verbs.RequireSchemaAsync();
            return (await verbs.SendAsync(new ListKeys())).Single().LastUsedAt;
        }

        Task WrittenAsync(DateTimeOffset time) =>
            Eventually.Value(
                () =>
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                    return UsedAsync();
                },
                used => used == time
            );
    }

    [Test]
    public async Task Only_the_hash_of_a_key_is_stored_and_no_part_of_it_is_logged()
    {
        var settings = new Dictionary<string, string>(_withKeys) { ["LOG_LEVEL"] = "TRACE" };
        await using var qrai = await StartAsync(settings);
        var key = await qrai.CreateKeyAsync("alice");
        await using var alice = qrai.As(key.Secret);
        await using var wrong = qrai.As(key.Secret[..^6] + "wrongg");
        await alice.AskAsync("Do you know me?");
        await wrong.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");

        var part = key.Secret[5..30];
        await using var database = await OpenDatabaseAsync();
        (await database.TextAsync("SELECT id || name || owner || hash FROM api_keys")).ShouldNotContain(part);
        Output.LinesWith(part).ShouldBeEmpty();
        Output.LinesWith("A caller from 127.0.0.1 was refused: no such key").ShouldNotBeEmpty();
    }

    [Test]
    public async Task The_log_contains_the_owner_of_a_request()
    {
        await using var qrai = await StartAsync(new Dictionary<string, string>(_withKeys) { ["LOG_FORMAT"] = "json" });
        var owner = $"owner-{Guid.CreateVersion7()}";
        await using var alice = await qrai.AsAsync(owner);

        await alice.AskAsync("Who asks?");

        await Eventually.Holds(() =>
            Output.LinesWith($"\"owner\":\"{owner}\"").Any(line => line.Contains("POST", StringComparison.Ordinal))
        );
        Output
            .LinesWith($"\"owner\":\"{owner}\"")
            .ShouldContain(line => line.Contains("answerId", StringComparison.Ordinal));
    }

    [Test]
    public async Task Failed_attempts_are_limited_but_valid_keys_from_the_same_address_are_accepted()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, _withKeys);
        var key = await qrai.CreateKeyAsync("alice");
        await using var alice = qrai.As(key.Secret);
        await using var guesser = qrai.As("qrai_" + new string('A', 43));
        var refused = 0;
        while (true)
        {
            using var response = await guesser.GetAsync("/api/sessions");
            if (response.StatusCode != HttpStatusCode.Unauthorized)
                break;
            (++refused).ShouldBeLessThan(1_000);
        }

        await guesser.GetAsync("/api/sessions").ShouldBeProblem(429, "rate_limited");
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty(); // callers behind a proxy share its address
        using (var health = await qrai.GetAsync("/health/live"))
            health.StatusCode.ShouldBe(HttpStatusCode.OK);
        await qrai.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated"); // not a failed attempt

        clock.Advance(TimeSpan.FromSeconds(2));
        await guesser.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
    }

    private static Task<HttpResponseMessage> SendAsync(QrAiHost qrai, string? authorization) =>
        qrai.SendAsync(
            HttpMethod.Get,
            "/api/sessions",
            headers: headers =>
            {
                if (authorization is not null)
                    headers.TryAddWithoutValidation("Authorization", authorization);
            }
        );
}
