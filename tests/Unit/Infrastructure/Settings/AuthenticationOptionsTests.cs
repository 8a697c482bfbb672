using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class AuthenticationOptionsTests
{
    private const string Words = "must be none, api-key, jwt or api-key,jwt, not";

    private static readonly (string, string) Authority = ("JWT_AUTHORITY", "https://login.test/tenant");
    private static readonly (string, string) Audience = ("JWT_AUDIENCE", "qrai");

    [Test]
    public void Authentication_is_required_only_in_production_by_default()
    {
        Read().Authentication.IsRequired.ShouldBeFalse();
        Read(("ENVIRONMENT", "test")).Authentication.IsRequired.ShouldBeFalse();
        ReadInProduction().Authentication.ShouldBe(new AuthenticationOptions { ApiKeys = true });
    }

    [TestCase("none", false, false)]
    [TestCase("api-key", true, false)]
    [TestCase("jwt", false, true)]
    [TestCase("api-key,jwt", true, true)]
    [TestCase("jwt , api-key", true, true)]
    public void The_methods_are_none_api_key_and_jwt(string methods, bool apiKeys, bool jwt)
    {
        var authentication = Read(("AUTHENTICATION", methods), Authority, Audience).Authentication;

        authentication.ApiKeys.ShouldBe(apiKeys);
        authentication.Jwt.ShouldBe(jwt ? new JwtOptions(new Uri("https://login.test/tenant"), "qrai") : null);
        authentication.IsRequired.ShouldBe(apiKeys || jwt);
    }

    [TestCase("basic")]
    [TestCase("none,api-key")]
    [TestCase("none,none")]
    [TestCase("API-KEY")]
    [TestCase("api-key,")]
    [TestCase("api-key,api-key")]
    [TestCase("api-key;jwt")]
    public void Any_other_method_is_a_problem(string methods) =>
        Problems(("AUTHENTICATION", methods)).ShouldBe([$"AUTHENTICATION: {Words} '{methods}'"]);

    [Test]
    public void In_production_authentication_is_required() =>
        Problems(
                ("ENVIRONMENT", "production"),
                ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"),
                ("AUTHENTICATION", "none")
            )
            .ShouldBe(["AUTHENTICATION: must be api-key, jwt or api-key,jwt in production"]);

    [TestCase("jwt")]
    [TestCase("api-key,jwt")]
    public void Tokens_need_an_issuer_and_an_audience(string methods) =>
        Problems(("AUTHENTICATION", methods))
            .ShouldBe([
                "JWT_AUTHORITY: must be set, because AUTHENTICATION names jwt",
                "JWT_AUDIENCE: must be set, because AUTHENTICATION names jwt",
            ]);

    [TestCase("login.test/tenant")]
    [TestCase("/tenant")]
    [TestCase("ldap://login.test")]
    [TestCase("https://login.test/tenant?version=2")]
    [TestCase("https://login.test/tenant#here")]
    [TestCase("https://me:hidden@login.test/tenant")]
    public void An_invalid_issuer_is_a_problem_even_without_tokens(string authority) =>
        Problems(("JWT_AUTHORITY", authority))
            .ShouldBe(["JWT_AUTHORITY: must be an issuer's absolute http or https address, without query and user"]);

    [Test]
    public void In_production_an_issuer_needs_encryption_unless_it_is_on_this_machine()
    {
        ReadInProduction(("AUTHENTICATION", "jwt"), ("JWT_AUTHORITY", "http://127.0.0.1:9000"), Audience)
            .Authentication.Jwt.ShouldNotBeNull();
        Problems(
                ("ENVIRONMENT", "production"),
                ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"),
                ("AUTHENTICATION", "jwt"),
                ("JWT_AUTHORITY", "http://login.test"),
                Audience
            )
            .ShouldBe(["JWT_AUTHORITY: must be an https address in production, or http to this machine only"]);
    }
}
