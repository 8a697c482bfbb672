using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Domain.Callers;

public sealed class ApiKeyTests
{
    private static readonly DateTimeOffset Noon = TestClock.Noon;

    [Test]
    public void A_key_is_its_prefix_and_43_URL_safe_characters_and_unique()
    {
        var secrets = Enumerable.Range(0, 100).Select(_ => Create().Secret).ToList();

        secrets.ShouldAllBe(secret => System.Text.RegularExpressions.Regex.IsMatch(secret, "^qrai_[A-Za-z0-9_-]{43}$"));
        secrets.Distinct().Count().ShouldBe(100);
    }

    [Test]
    public void Only_the_hash_of_a_key_is_stored_and_identifies_it()
    {
        var (key, secret) = Create();

        key.Hash.ShouldMatch("^[0-9a-f]{64}$");
        ApiKey.HashOf(secret).ShouldBe(key.Hash);
        key.Matches(ApiKey.HashOf(secret)!).ShouldBeTrue();
        key.Matches(ApiKey.HashOf(Create().Secret)!).ShouldBeFalse();
        var random = secret["qrai_".Length..];
        typeof(ApiKey)
            .GetProperties()
            .Select(property => $"{property.GetValue(key)}")
            .ShouldAllBe(value => !value.Contains(random, StringComparison.Ordinal));
    }

    // A known hash, so that issued keys stay valid.
    [Test]
    public void The_hash_is_SHA_256_of_the_whole_key() =>
        ApiKey
            .HashOf("qrai_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            .ShouldBe(
                Convert.ToHexStringLower(
                    System.Security.Cryptography.SHA256.HashData("qrai_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"u8)
                )
            );

    [TestCase("")]
    [TestCase("qrai_")]
    [TestCase("qrai_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("qrai_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("QRAI_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("qrai_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+")]
    [TestCase("qrai_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé")]
    public void A_text_in_another_format_has_no_hash(string text) => ApiKey.HashOf(text).ShouldBeNull();

    [Test]
    public void A_rotated_key_is_replaced_by_one_with_the_same_name_owner_rights_and_expiry()
    {
        var (old, secret) = ApiKey.Create("a key", "alice", Noon.AddDays(90), Noon, mayShare: true);

        var (successor, newSecret) = old.Rotate(TimeSpan.FromHours(24), Noon.AddDays(1));

        (successor.Name, successor.Owner, successor.MayShare).ShouldBe(("a key", "alice", true));
        (successor.CreatedAt, successor.ExpiresAt).ShouldBe((Noon.AddDays(1), Noon.AddDays(90)));
        successor.Id.ShouldNotBe(old.Id);
        newSecret.ShouldNotBe(secret);
        old.ExpiresAt.ShouldBe(Noon.AddDays(2));
    }

    [Test]
    public void A_rotation_never_extends_the_old_key()
    {
        var (old, _) = ApiKey.Create("a key", "alice", Noon.AddHours(1), Noon);

        old.Rotate(TimeSpan.FromHours(24), Noon);

        old.ExpiresAt.ShouldBe(Noon.AddHours(1));
    }

    [Test]
    public void A_rotation_without_a_time_revokes_the_old_key()
    {
        var (old, _) = ApiKey.Create("a key", "alice", null, Noon);

        var (successor, _) = old.Rotate(TimeSpan.Zero, Noon.AddHours(1));

        old.RevokedAt.ShouldBe(Noon.AddHours(1));
        successor.IsUsable(Noon.AddHours(1)).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => old.Rotate(TimeSpan.Zero, Noon.AddHours(2)));
    }

    [Test]
    public void A_key_is_usable_until_it_expires()
    {
        var (key, _) = ApiKey.Create("a key", "alice", Noon.AddHours(1), Noon);

        key.IsUsable(Noon.AddHours(1).AddTicks(-1)).ShouldBeTrue();
        key.IsUsable(Noon.AddHours(1)).ShouldBeFalse();
        Create().Key.IsUsable(Noon.AddYears(100)).ShouldBeTrue();
    }

    [Test]
    public void A_revoked_key_is_not_usable_and_keeps_the_time_of_its_first_revocation()
    {
        var (key, _) = Create();

        key.Revoke(Noon.AddHours(1));
        key.Revoke(Noon.AddHours(2));

        key.IsUsable(Noon).ShouldBeFalse();
        key.RevokedAt.ShouldBe(Noon.AddHours(1));
    }

    [Test]
    public void A_use_is_recorded_once_a_minute_and_never_moves_back()
    {
        var (key, _) = Create();
        key.IsUseDue(Noon).ShouldBeTrue();

        key.RecordUse(Noon);
        key.RecordUse(Noon.AddMinutes(-1));

        key.LastUsedAt.ShouldBe(Noon);
        key.IsUseDue(Noon.AddSeconds(59)).ShouldBeFalse();
        key.IsUseDue(Noon.AddSeconds(60)).ShouldBeTrue();
    }

    [Test]
    public void A_key_that_breaks_a_rule_is_rejected()
    {
        Should.Throw<ArgumentException>(() => ApiKey.Create("", "alice", null, Noon));
        Should.Throw<ArgumentException>(() => ApiKey.Create(new string('x', 101), "alice", null, Noon));
        Should
            .Throw<ArgumentException>(() => ApiKey.Create("a key", "jwt:alice", null, Noon))
            .Message.ShouldBe("cannot have keys (Parameter 'owner')");
        Should
            .Throw<ArgumentException>(() => ApiKey.Create("a key", "alice", Noon, Noon))
            .Message.ShouldBe("must be in the future (Parameter 'expiresAt')");
    }

    private static (ApiKey Key, string Secret) Create() => ApiKey.Create("a key", "alice", null, Noon);
}
