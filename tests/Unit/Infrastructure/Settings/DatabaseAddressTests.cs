using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class DatabaseAddressTests
{
    private const string Expected =
        "must be postgresql://user:password@host[:port]/name[?sslmode=…], sqlite://relative/path or "
        + "sqlite:///absolute/path";

    private static readonly PostgresAddress Plain = new("db.test", 5432, "qrai", "me", "pw", SslMode.Prefer);

    [TestCase("postgresql://me:pw@db.test/qrai")]
    [TestCase("postgres://me:pw@db.test/qrai")]
    [TestCase("POSTGRESQL://me:pw@db.test:5432/qrai")]
    [TestCase("postgresql://me:pw@db.test:5432/qrai?")]
    [TestCase("postgresql://me:pw@db.test/qrai?sslmode=prefer")]
    public void A_PostgreSQL_address_can_be_written_in_these_ways(string url) => Parse(url).ShouldBe(Plain);

    [Test]
    public void A_port_may_be_given() =>
        Parse("postgresql://me:pw@db.test:6543/qrai").ShouldBe(Plain with { Port = 6543 });

    [Test]
    public void A_password_may_be_missing() =>
        Parse("postgresql://me@db.test/qrai").ShouldBe(Plain with { Password = "" });

    [TestCase("p%40ss%3Aw%2Frd%3F%23%25", "p@ss:w/rd?#%")]
    [TestCase("a:b:c", "a:b:c")]
    [TestCase("%E6%97%A5%E6%9C%AC", "日本")]
    [TestCase("日本", "日本")]
    [TestCase("a+b", "a+b")]
    [TestCase("%2541", "%41")]
    [TestCase("100%", "100%")]
    [TestCase("a%20b", "a b")]
    public void A_password_may_be_percent_encoded(string written, string password) =>
        Parse($"postgresql://me:{written}@db.test/qrai").ShouldBe(Plain with { Password = password });

    [Test]
    public void User_and_database_may_be_percent_encoded() =>
        Parse("postgresql://me%40home:pw@db.test/q%20r").ShouldBe(Plain with { User = "me@home", Database = "q r" });

    [TestCase("[::1]", 5432)]
    [TestCase("[::1]:6543", 6543)]
    public void A_host_may_be_an_IPv6_address(string host, int port) =>
        Parse($"postgresql://me:pw@{host}/qrai").ShouldBe(Plain with { Host = "::1", Port = port });

    [TestCase("disable", SslMode.Disable)]
    [TestCase("allow", SslMode.Allow)]
    [TestCase("prefer", SslMode.Prefer)]
    [TestCase("require", SslMode.Require)]
    [TestCase("verify-ca", SslMode.VerifyCa)]
    [TestCase("verify-full", SslMode.VerifyFull)]
    public void The_encryption_may_be_set(string mode, SslMode expected) =>
        Parse($"postgresql://me:pw@db.test/qrai?sslmode={mode}").ShouldBe(Plain with { SslMode = expected });

    [TestCase("sqlite://data/my.db", "data/my.db")]
    [TestCase("sqlite:///var/lib/qrai/my.db", "/var/lib/qrai/my.db")]
    [TestCase("SQLITE://my.db", "my.db")]
    [TestCase("sqlite://../my data/日本.db", "../my data/日本.db")]
    public void A_SQLite_path_is_relative_or_absolute(string url, string path) =>
        Parse(url).ShouldBe(new SqliteAddress(path));

    [TestCase("nonsense", Expected)]
    [TestCase("mysql://me:hidden@db.test/qrai", Expected)]
    [TestCase("Host=db.test;Password=hidden", Expected)]
    [TestCase("postgresql:/me:hidden@db.test/qrai", null)]
    [TestCase("postgresql://me:hidden@db.test:port/qrai", Expected)]
    [TestCase("postgresql://me:hidden@db.test/qrai#more", Expected)]
    [TestCase("postgresql://db.test/qrai", "names no user; " + Expected)]
    [TestCase("postgresql://:hidden@db.test/qrai", "names no user; " + Expected)]
    [TestCase("postgresql://me:hidden@db.test", "names no database; " + Expected)]
    [TestCase("postgresql://me:hidden@db.test/", "names no database; " + Expected)]
    [TestCase("postgresql://me:hidden@db.test/a/b", "names no database; " + Expected)]
    [TestCase("postgresql://me:hidden@/qrai", null)]
    [TestCase("postgresql://me:hidden@db.test/qrai?sslmode=off", null)]
    [TestCase("postgresql://me:hidden@db.test/qrai?sslmode", null)]
    [TestCase("postgresql://me:hidden@db.test/qrai?password=hidden", null)]
    [TestCase("sqlite://", "must name a file after sqlite://")]
    [TestCase("sqlite:///", "must name a file after sqlite://")]
    [TestCase("sqlite://data/", "must name a file after sqlite://")]
    [TestCase("sqlite://my.db?mode=ro", "takes no parameters after a sqlite:// path")]
    public void An_invalid_address_is_a_problem_that_does_not_show_the_password(string url, string? problem)
    {
        var line = Problems(("DATABASE_URL", url)).ShouldHaveSingleItem();

        line.ShouldStartWith("DATABASE_URL: ");
        line.ShouldNotContain("hidden");
        line.ShouldNotContain("hid#den");
        if (problem is not null)
            line.ShouldBe($"DATABASE_URL: {problem}");
    }

    [TestCase("me:hid#den")]
    [TestCase("me:12#hidden")]
    [TestCase("me:hid/den")]
    [TestCase("me:12/hidden")]
    [TestCase("me:hid?den")]
    [TestCase("me:12?hidden=1")]
    [TestCase("me:hid@den")]
    [TestCase("me@home:hidden")]
    [TestCase("me:a@b/c?hidden")]
    [TestCase("me:hid\\den")]
    public void A_character_that_must_be_escaped_is_reported_with_its_escape_and_without_the_password(string user)
    {
        var line = Problems(("DATABASE_URL", $"postgresql://{user}@db.test/qrai")).ShouldHaveSingleItem();

        line.ShouldBe(
            "DATABASE_URL: has a character in the user or the password that must be percent-encoded: # is %23, / is %2F, "
                + "? is %3F, @ is %40, [ is %5B, ] is %5D, \\ is %5C, a space is %20"
        );
    }

    [Test]
    public void An_at_sign_in_a_parameter_is_not_part_of_the_password() =>
        Parse("postgresql://me:pw@db.test/qrai?application_name=a@b")
            .ShouldBeOfType<PostgresAddress>()
            .Parameters["application_name"]
            .ShouldBe("a@b");

    [Test]
    public void The_parameters_that_hosting_providers_use_are_accepted()
    {
        var address = Parse(
                "postgresql://me:pw@db.test/qrai?sslmode=require&channel_binding=require&connect_timeout=10&options=endpoint%3Dx"
                    + "&target_session_attrs=read-write&sslrootcert=%2Fetc%2Fpasswd"
            )
            .ShouldBeOfType<PostgresAddress>();

        address.SslMode.ShouldBe(SslMode.Require);
        address.Parameters["channel_binding"].ShouldBe("require");
        address.Parameters["options"].ShouldBe("endpoint=x");
        address.Parameters["sslrootcert"].ShouldBe("/etc/passwd");
        address.ToString().ShouldBe("PostgreSQL db.test:5432/qrai");
    }

    [Test]
    public void Addresses_are_the_same_with_the_same_parameters_in_any_order()
    {
        var address = Parse("postgresql://me:pw@db.test/qrai?channel_binding=require&connect_timeout=10");

        address.ShouldBe(Parse("postgresql://me:pw@db.test/qrai?connect_timeout=10&channel_binding=require"));
        address.ShouldNotBe(Parse("postgresql://me:pw@db.test/qrai?connect_timeout=11&channel_binding=require"));
        address.ShouldNotBe(Plain);
    }

    [TestCase("channel_binding=yes", "has a parameter channel_binding, which must be one of disable, prefer, require")]
    [TestCase("connect_timeout=soon", "has a parameter connect_timeout, which must be a whole number from 0 to 86400")]
    [TestCase("connect_timeout=-1", "has a parameter connect_timeout, which must be a whole number from 0 to 86400")]
    [TestCase("sslcert=", "has a parameter sslcert, which must name an existing file")]
    [TestCase("sslrootcert=%2Fnowhere", "has a parameter sslrootcert, which must name an existing file")]
    [TestCase("application_name=", "has a parameter application_name, which must not be empty")]
    [TestCase(
        "require_auth=none,oauth",
        "has a parameter require_auth, which must list methods of password, md5, scram-sha-256, gss, sspi, none, or each with a preceding !"
    )]
    [TestCase(
        "require_auth=!md5,none",
        "has a parameter require_auth, which must list methods of password, md5, scram-sha-256, gss, sspi, none, or each with a preceding !"
    )]
    [TestCase("sslnegotiation=direct", "must have an sslmode of require or more with sslnegotiation=direct")]
    [TestCase(
        "client_encoding=LATIN1",
        "has a parameter client_encoding, which must be one of UTF8, utf8, UTF-8, utf-8, auto"
    )]
    [TestCase(
        "target_session_attrs=standby",
        "has a parameter target_session_attrs, which must be one of any, read-write, primary"
    )]
    public void A_parameter_has_its_rule(string parameter, string problem) =>
        Problems(("DATABASE_URL", $"postgresql://me:pw@db.test/qrai?{parameter}"))
            .ShouldBe([$"DATABASE_URL: {problem}"]);

    [Test]
    public void Unknown_parameters_are_named_without_their_values()
    {
        var line = Problems(
                (
                    "DATABASE_URL",
                    "postgresql://me:pw@db.test/qrai?pgbouncer=hidden&sslmode=require&%3Cb%3E=hidden&a=hidden"
                )
            )
            .ShouldHaveSingleItem();

        line.ShouldStartWith(
            "DATABASE_URL: has unknown parameters: pgbouncer, an invalid name, a; known are sslmode, application_name, channel_binding, "
        );
        line.ShouldNotContain("hidden");
    }

    [Test]
    public void An_unknown_encryption_mode_is_reported_with_the_known_ones() =>
        Problems(("DATABASE_URL", "postgresql://me:pw@db.test/qrai?sslmode=off"))
            .ShouldBe([
                "DATABASE_URL: must have an sslmode of disable, allow, prefer, require, verify-ca, verify-full",
            ]);

    [Test]
    public void In_production_the_database_is_required() =>
        Problems(("ENVIRONMENT", "production"))
            .ShouldBe(["DATABASE_URL: must be set in production: postgresql://user:password@host[:port]/name"]);

    [Test]
    public void In_production_the_database_is_PostgreSQL() =>
        Problems(("ENVIRONMENT", "production"), ("DATABASE_URL", "sqlite://data/qrai.db"))
            .ShouldBe(["DATABASE_URL: must be a postgresql:// address in production"]);

    [Test]
    public void In_production_an_invalid_address_is_reported_once() =>
        Problems(("ENVIRONMENT", "production"), ("DATABASE_URL", "nonsense")).ShouldBe([$"DATABASE_URL: {Expected}"]);

    [Test]
    public void The_text_of_an_address_has_no_user_and_no_password()
    {
        Plain.ToString().ShouldBe("PostgreSQL db.test:5432/qrai");
        new SqliteAddress("data/qrai.db").ToString().ShouldBe("SQLite data/qrai.db");
    }

    private static DatabaseAddress Parse(string url) => Read(("DATABASE_URL", url)).Database.Address;
}
