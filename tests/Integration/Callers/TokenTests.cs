using System.Security.Cryptography;
using System.Text;
using QrAi.Tests.Testing.Tokens;
using static QrAi.Tests.Integration.Callers.TokenSettings;

namespace QrAi.Tests.Integration.Callers;

/// <summary>Tokens of an OpenID Connect issuer, with real signatures over a real connection.</summary>
public sealed class TokenTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task A_token_of_the_issuer_authenticates_its_subject()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));
        await using var alice = qrai.As(issuer.Token("alice", Audience));
        await using var later = qrai.As(issuer.Token("alice", Audience, claims => claims["jti"] = "another"));
        await using var bob = qrai.As(issuer.Token("bob", Audience));

        var asked = await alice.AskAsync("Whose is this?");

        (await later.GetSessionAsync(asked.SessionId)).MessageCount.ShouldBe(2);
        await bob.GetAsync($"/api/sessions/{asked.SessionId}").ShouldBeProblem(404, "not_found");
        (await bob.ListSessionsAsync()).Items.ShouldBeEmpty();
        issuer.KeyReads.ShouldBe(1);
    }

    [Test]
    public async Task A_key_cannot_access_the_data_of_a_token_whatever_its_owner_is()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer, "api-key,jwt"));
        await using var byToken = qrai.As(issuer.Token("alice", Audience));
        await using var byKey = await qrai.AsAsync("alice");
        var session = await byToken.CreateSessionAsync("By token");

        (await byKey.ListSessionsAsync()).Items.ShouldBeEmpty();
        await byKey.GetAsync($"/api/sessions/{session.Id}").ShouldBeProblem(404, "not_found");
        var error = await Should.ThrowAsync<QrAi.Application.Errors.InvalidRequestException>(() =>
            qrai.CreateKeyAsync("Thief", $"jwt:{issuer.Authority}#alice")
        );
        error.Errors.Keys.ShouldBe(["owner"]);
    }

    private static IEnumerable<TestCaseData> WrongTokens { get; } =
    [
        Case("wrong audience", issuer => issuer.Token("eve", "another")),
        Case("no audience", issuer => issuer.Token("eve", Audience, claims => claims["aud"] = null)),
        Case("wrong issuer", issuer => issuer.Token("eve", Audience, claims => claims["iss"] = "http://127.0.0.1:1")),
        Case("no issuer", issuer => issuer.Token("eve", Audience, claims => claims["iss"] = null)),
        Case("expired", issuer => issuer.Token("eve", Audience, claims => claims["exp"] = In(-60))),
        Case("without an end", issuer => issuer.Token("eve", Audience, claims => claims["exp"] = null)),
        Case("not yet valid", issuer => issuer.Token("eve", Audience, claims => claims["nbf"] = In(120))),
        Case("signed with a key of somebody else", issuer => WithAnotherKey(issuer)),
        Case(
            "alg none",
            issuer => issuer.Token("eve", Audience, header: header => header["alg"] = "none", sign: _ => [])
        ),
        Case("without a signature", issuer => issuer.Token("eve", Audience, sign: _ => [])),
        Case("HS256 with the public key in PEM", issuer => Symmetric(issuer, key => key.ExportRSAPublicKeyPem())),
        Case("HS256 with the public key info", issuer => Symmetric(issuer, key => key.ExportSubjectPublicKeyInfoPem())),
        Case("signed with a key that the issuer does not have", IssuerTests.Forge),
        Case("of another type", issuer => issuer.Token("eve", Audience, header: head => head["typ"] = "logout+jwt")),
        Case("another text under the signature", issuer => Changed(issuer)),
        Case("no token", _ => "not.a.token"),
        Case("too few parts", issuer => issuer.Token("eve", Audience).Split('.')[1]),
    ];

    [TestCaseSource(nameof(WrongTokens))]
    public async Task A_token_with_a_single_defect_is_refused(Func<LocalIssuer, string> create)
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));
        var token = create(issuer);
        await using var eve = qrai.As(token);
        await using var alice = qrai.As(issuer.Token("alice", Audience));

        using var response = await eve.GetAsync("/api/sessions");

        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        await Task.FromResult(response).ShouldBeProblem(401, "unauthenticated");
        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
        Output.LinesWith(token).ShouldBeEmpty();
    }

    [TestCase("at+jwt")]
    [TestCase("application/AT+JWT")]
    [TestCase(null)]
    public async Task The_type_of_a_token_may_be_an_access_token_or_missing(string? type)
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));
        await using var alice = qrai.As(issuer.Token("alice", Audience, header: head => head["typ"] = type));

        (await alice.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task Only_the_issuer_and_the_subject_of_a_token_identify_its_owner()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer, "api-key,jwt"));
        await using var bob = await qrai.AsAsync("bob");
        await bob.CreateSessionAsync("Bob's");
        await using var eve = qrai.As(issuer.Token("eve", Audience, claims => claims["owner"] = "bob"));

        (await eve.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task A_valid_token_without_a_usable_subject_is_forbidden()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));

        foreach (var subject in new[] { null, " ", "a\u0000b", new string('x', 600) })
        {
            await using var caller = qrai.As(issuer.Token(subject, Audience));
            await caller.GetAsync("/api/sessions").ShouldBeProblem(403, "forbidden");
        }
    }

    [Test]
    public async Task A_key_is_refused_if_only_tokens_are_accepted()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        await using var qrai = await StartAsync(Of(issuer));
        await using var byKey = await qrai.AsAsync("alice");

        await byKey.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
    }

    private static TestCaseData Case(string name, Func<LocalIssuer, string> create) =>
        new TestCaseData(create).SetArgDisplayNames(name);

    private static long In(int seconds) => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;

    private static string WithAnotherKey(LocalIssuer issuer)
    {
        using var another = RSA.Create(2048);
        return issuer.Token(
            "eve",
            Audience,
            sign: data => another.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        );
    }

    private static string Symmetric(LocalIssuer issuer, Func<RSA, string> publicKey) =>
        issuer.Token(
            "eve",
            Audience,
            header: header => header["alg"] = "HS256",
            sign: data => HMACSHA256.HashData(Encoding.ASCII.GetBytes(publicKey(issuer.Key.Key)), data)
        );

    private static string Changed(LocalIssuer issuer)
    {
        var (good, other) = (issuer.Token("alice", Audience).Split('.'), issuer.Token("eve", Audience).Split('.'));
        return $"{good[0]}.{other[1]}.{good[2]}";
    }
}
