using System.Net;
using System.Security.Cryptography;
using QrAi.Tests.Testing.Tokens;
using static QrAi.Tests.Integration.Callers.TokenSettings;

namespace QrAi.Tests.Integration.Callers;

/// <summary>What the issuer of tokens may do to the service: hang, be away, and change its keys.</summary>
public sealed class IssuerTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private readonly TestClock _clock = new();

    [Test]
    public async Task An_issuer_that_hangs_is_asked_once_for_all_who_wait_and_a_503()
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
        issuer.DiscoveryReads.ShouldBeLessThan(4); // a request that came late may have needed the next one
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

        // The clock stands still, so that whoever waits for the issuer waits until the test fails.
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
    public async Task A_token_that_no_key_can_make_valid_is_refused_without_the_issuer(Func<LocalIssuer, string> make)
    {
        await using var issuer = await LocalIssuer.StartAsync();
        issuer.Hang();
        await using var qrai = await StartByAsync(_clock, Of(issuer));
        await using var eve = qrai.As(make(issuer));

        await eve.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
    }

    [Test]
    public async Task New_keys_of_the_issuer_are_read_at_once_however_much_junk_has_come_and_withdrawn_ones_forgotten()
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
    public async Task Tokens_without_the_id_of_a_key_survive_a_rotation_too()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));
        await using (var before = qrai.As(Nameless()))
            (await before.ListSessionsAsync()).Items.ShouldBeEmpty();

        issuer.Rotate(withdraw: true);

        await using var after = qrai.As(Nameless());
        (await after.ListSessionsAsync()).Items.ShouldBeEmpty();

        string Nameless() => issuer.Token("alice", Audience, header: head => head["kid"] = null);
    }

    [Test]
    public async Task A_key_that_was_withdrawn_stops_counting_though_nobody_brings_a_new_one()
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
            _clock.Advance(TimeSpan.FromMinutes(1)); // the service's own waits begin when it comes to them
            using var response = await PassAsync(alice.GetAsync("/api/sessions")); // the key may have come back
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    [Test]
    public async Task An_issuer_that_is_down_is_a_503_until_it_is_back_and_nobodys_failed_attempt()
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
    public async Task Keys_that_were_read_stay_in_use_for_an_hour_while_the_issuer_is_down()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartByAsync(_clock, Of(issuer));
        await using var alice = qrai.As(issuer.Token("alice", Audience));
        await using var eve = qrai.As(Forge(issuer));
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        await issuer.StopListeningAsync();

        _clock.Advance(TimeSpan.FromMinutes(59));
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        await PassAsync(eve.GetAsync("/api/sessions").ShouldBeProblem(503, "issuer_unavailable")); // who can say?
        _clock.Advance(TimeSpan.FromMinutes(1));
        await PassAsync(alice.GetAsync("/api/sessions").ShouldBeProblem(503, "issuer_unavailable"));

        await issuer.StartListeningAsync();
        (await PassAsync(alice.ListSessionsAsync())).Items.ShouldBeEmpty();
    }

    /// <summary>Lets time pass until something has happened.</summary>
    private async Task<T> PassAsync<T>(Task<T> happening)
    {
        await Eventually.Holds(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return happening.IsCompleted;
        });
        return await happening;
    }

    /// <summary>A token that says it is signed with a key of the issuer which nobody knows.</summary>
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

    private static TestCaseData Case(string name, Func<LocalIssuer, string> make) =>
        new TestCaseData(make).SetArgDisplayNames(name);
}
