using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Callers;
using QrAi.Tests.Testing.Tokens;

namespace QrAi.Tests.Integration.Callers;

/// <summary>What a caller is told about itself.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class CallerTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private static readonly Dictionary<string, string> _withKeys = new() { ["AUTHENTICATION"] = "api-key" };

    [Test]
    public async Task A_caller_with_a_key_is_told_its_owner_its_key_and_its_rights()
    {
        await using var qrai = await StartAsync(_withKeys);
        var end = DateTimeOffset.UnixEpoch.AddYears(100);
        var key = await qrai.CreateKeyAsync("laptop", "alice", end, mayShare: true);
        await using var alice = qrai.As(key.Secret);
        await using var bob = await qrai.AsAsync("bob");

        var caller = await MeAsync(alice);

        (caller.Owner, caller.Authentication).ShouldBe(("alice", "api-key"));
        caller.Rights.ShouldBe(["share"]);
        caller.Key.ShouldBe(new CallerKeyBody(key.Key.Id, "laptop", key.Key.CreatedAt, end));
        (await MeAsync(bob)).Rights.ShouldBeEmpty();
        (await MeAsync(bob)).Key!.ExpiresAt.ShouldBeNull();
    }

    [Test]
    public async Task A_caller_is_told_the_limit_of_its_questions_which_this_does_not_count_against()
    {
        await using var qrai = await StartAsync(new() { ["RATE_LIMIT_PER_MINUTE"] = "6", ["RATE_LIMIT_BURST"] = "1" });

        for (var call = 0; call < 3; call++)
            (await MeAsync(qrai)).RateLimit.ShouldBe(new CallerLimitBody(6, 1));

        await qrai.AskAsync("Is one left?");
        await qrai.TryAskAsync("And now?").ShouldBeProblem(429, "rate_limited");
    }

    [Test]
    public async Task Where_authentication_is_not_required_the_caller_has_no_key_and_all_rights()
    {
        await using var qrai = await StartAsync(new() { ["RATE_LIMIT_PER_MINUTE"] = "0" });

        var caller = await MeAsync(qrai);

        (caller.Owner, caller.Authentication, caller.Key, caller.RateLimit).ShouldBe(("anonymous", "none", null, null));
        caller.Rights.ShouldBe(["share"]);
    }

    [Test]
    public async Task A_caller_with_a_token_is_told_the_owner_that_the_token_names()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(TokenSettings.Of(issuer, "api-key,jwt"));
        await using var alice = qrai.As(
            issuer.Token("alice", TokenSettings.Audience, claims => claims["scope"] = "qrai.share")
        );

        var caller = await MeAsync(alice);

        (caller.Owner, caller.Authentication, caller.Key).ShouldBe(($"jwt:{issuer.Authority}#alice", "jwt", null));
        caller.Rights.ShouldBe(["share"]);
    }

    [Test]
    public async Task Both_keys_of_a_rotation_are_accepted_until_the_old_one_expires()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock, _withKeys);
        await using var verbs = new Verbs(
            await DatabaseUrlAsync(),
            services => services.AddSingleton<TimeProvider>(clock)
        );
        await verbs.RequireSchemaAsync();
        var first = await qrai.CreateKeyAsync("laptop", "alice", clock.GetUtcNow().AddDays(90), mayShare: true);
        await using var old = qrai.As(first.Secret);
        clock.Advance(TimeSpan.FromDays(1)); // keys are listed in the order of their creation

        var rotated = await verbs.SendAsync(new RotateKey(first.Key.Id, TimeSpan.FromHours(24)));

        await using var successor = qrai.As(rotated.New.Secret);
        var session = await old.CreateSessionAsync("Shared");
        (await successor.GetSessionAsync(session.Id)).ShouldBe(session);
        (await MeAsync(successor)).Key!.ExpiresAt.ShouldBe(first.Key.ExpiresAt);
        (await MeAsync(successor)).Rights.ShouldBe(["share"]);
        (await verbs.SendAsync(new ListKeys()))
            .Select(key => key.ExpiresAt)
            .ShouldBe([clock.GetUtcNow().AddHours(24), first.Key.ExpiresAt]);
        clock.Advance(TimeSpan.FromHours(24));
        await old.GetAsync("/api/keys/me").ShouldBeProblem(401, "unauthenticated");
        (await MeAsync(successor)).Owner.ShouldBe("alice");
    }

    private static Task<CallerBody> MeAsync(QrAiClient caller) =>
        QrAiClient.ReadAsync<CallerBody>(caller.GetAsync("/api/keys/me"));
}
