using System.Net;
using System.Security.Cryptography;
using QrAi.Tests.Testing.Tokens;
using static QrAi.Tests.Integration.Callers.TokenSettings;

namespace QrAi.Tests.Integration.Callers;

/// <summary>The service while the issuer of tokens hangs, is unavailable or changes its keys.</summary>
public sealed class IssuerTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private readonly TestClock _clock = new();

    [Test]
    public async Task An_issuer_that_hangs_is_asked_once_for_all_waiting_requests_which_get_a_503()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        issuer.Hang();
        await using var qrai = await StartByAsync(_clock, Of(issuer));
        await using var alice = qrai.As(issuer.Token("alice", Audience));

        var asking = Enumerable
            .Range(1, 12)
            .Select(_ => alice.GetAsync("/api/sessions").ShouldBeProblem(503, "issuer_unavailable"))
            .ToList();

        await PassAsync(Task.WhenAll(asking));
        issuer.DiscoveryReads.ShouldBeLessThan(4); // a late request may need another read
        issuer.Recover();
        (await PassAsync(alice.ListSessionsAsync())).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task No_token_delays_an_open_route_while_the_issuer_hangs()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        issuer.Hang();
        await using var qrai = await StartByAsync(_clock, Of(issuer));
        await using var alice = qrai.As(issuer.Token("alice", Audience));

        // The clock does not advance, so a request that waits for the issuer fails the test.
        foreach (var path in new[] { "/health/live", "/health/ready", "/health" })
            using (var health = await alice.GetAsync(path))
                health.StatusCode.ShouldBe(HttpStatusCode.OK, path);
    }

    private static IEnumerable<TestCaseData> ImpossibleTokens { get; } =
    [
        Case("malformed", _ => "not.a.token"),
        Case("alg none", issuer => issuer.Token("eve", Audience, header: head => head["alg"] = "none")),
        Case("alg HS256", issuer => issuer.Token("eve", Audience, header: head => head["alg"] = "HS256")),
        Case("no signature", issuer => issuer.Token("eve", Audience, sign: _ => [])),
        Case("another type", issuer => issuer.Token("eve", Audience, header: head => head["typ"] = "logout+jwt")),
        Case("expired", issuer => issuer.Token("eve", Audience, claims => claims["exp"] = 1_700_000_000)),
        Case("another audience", issuer => issuer.Token("eve", "another")),
        Case("another issuer", issuer => issuer.Token("eve", Audience, claims => claims["iss"] = "http://127.0.0.1:1")),
    ];

    [TestCaseSource(nameof(ImpossibleTokens))]
    public async Task A_token_that_no_key_can_validate_is_refused_without_the_issuer(Func<LocalIssuer, string> create)
    {
        await using var issuer = await LocalIssuer.StartAsync();
        issuer.Hang();
        await using var qrai = await StartByAsync(_clock, Of(issuer));
        await using var eve = qrai.As(create(issuer));

        await eve.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
    }

    [Test]
    public async Task New_keys_of_the_issuer_are_read_immediately_despite_invalid_tokens_and_withdrawn_ones_dropped()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));
        var old = issuer.Token("alice", Audience);
        await using (var alice = qrai.As(old))
            (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        await using var eve = qrai.As(Forge(issuer));
        await Task.WhenAll(
            Enumerable.Range(1, 20).Select(_ => eve.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated"))
        );
        issuer.DiscoveryReads.ShouldBeLessThan(10);

        issuer.Rotate(withdraw: true);

        await using var withNew = qrai.As(issuer.Token("alice", Audience));
        (await withNew.ListSessionsAsync()).Items.ShouldBeEmpty();
        await using var withOld = qrai.As(old);
        await withOld.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
    }

    [Test]
    public async Task Tokens_without_a_key_id_are_accepted_after_a_rotation()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));
        await using (var before = qrai.As(WithoutKeyId()))
            (await before.ListSessionsAsync()).Items.ShouldBeEmpty();

        issuer.Rotate(withdraw: true);

        await using var after = qrai.As(WithoutKeyId());
        (await after.ListSessionsAsync()).Items.ShouldBeEmpty();

        string WithoutKeyId() => issuer.Token("alice", Audience, header: head => head["kid"] = null);
    }

    [Test]
    public async Task A_withdrawn_key_expires_even_without_tokens_of_a_new_one()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartByAsync(_clock, Of(issuer));
        await using var alice = qrai.As(issuer.Token("alice", Audience));
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();

        issuer.Rotate(withdraw: true);

        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromMinutes(4));
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Holds(async () =>
        {
            _clock.Advance(TimeSpan.FromMinutes(1)); // the service may start its waits later
            using var response = await PassAsync(alice.GetAsync("/api/sessions")); // the key may have been read again
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    [Test]
    public async Task An_unavailable_issuer_is_a_503_that_does_not_count_as_a_failed_attempt()
    {
        await using var issuer = LocalIssuer.Create();
        await using var qrai = await StartAsync(Of(issuer, "api-key,jwt"));
        await using var alice = qrai.As(issuer.Token("alice", Audience));
        await using var byKey = await qrai.AsAsync("bob");

        await Task.WhenAll(
            Enumerable
                .Range(1, 40)
                .Select(_ => alice.GetAsync("/api/sessions").ShouldBeProblem(503, "issuer_unavailable"))
        );
        (await byKey.ListSessionsAsync()).Items.ShouldBeEmpty();

        await issuer.StartListeningAsync();
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task Keys_are_used_for_an_hour_while_the_issuer_is_unavailable()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartByAsync(_clock, Of(issuer));
        await using var alice = qrai.As(issuer.Token("alice", Audience));
        await using var eve = qrai.As(Forge(issuer));
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        await issuer.StopListeningAsync();

        _clock.Advance(TimeSpan.FromMinutes(59));
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        await PassAsync(eve.GetAsync("/api/sessions").ShouldBeProblem(503, "issuer_unavailable")); // cannot be decided
        _clock.Advance(TimeSpan.FromMinutes(1));
        await PassAsync(alice.GetAsync("/api/sessions").ShouldBeProblem(503, "issuer_unavailable"));

        await issuer.StartListeningAsync();
        (await PassAsync(alice.ListSessionsAsync())).Items.ShouldBeEmpty();
    }

    /// <summary>Advances the clock until a task has completed.</summary>
    private async Task<T> PassAsync<T>(Task<T> task)
    {
        await Eventually.Holds(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return task.IsCompleted;
        });
        return await task;
    }

    /// <summary>Returns a token signed with an unknown key.</summary>
    internal static string Forge(LocalIssuer issuer)
    {
        using var unknown = RSA.Create(2048);
        return issuer.Token(
            "eve",
            Audience,
            header: head => head["kid"] = "unknown",
            sign: data => unknown.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        );
    }

    private static TestCaseData Case(string name, Func<LocalIssuer, string> create) =>
        new TestCaseData(create).SetArgDisplayNames(name);
}
