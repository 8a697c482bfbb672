using QrAi.Application.Callers;
using QrAi.Application.Errors;

namespace QrAi.Tests.Unit.Application.Callers;

public sealed class KeyTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task The_owner_of_a_key_is_its_name_unless_an_owner_is_given()
    {
        (await CreateAsync(new CreateKey(" alice ", null, null))).Key.Owner.ShouldBe("alice");
        (await CreateAsync(new CreateKey("laptop", "bob", null))).Key.Owner.ShouldBe("bob");
    }

    [TestCase(null, null, "name")]
    [TestCase(" ", "bob", "name")]
    [TestCase("jwt:alice", null, "owner")]
    [TestCase("laptop", "jwt:alice", "owner")]
    [TestCase("laptop", " bob", "owner")]
    [TestCase("laptop", "", "owner")]
    public async Task A_key_that_breaks_a_rule_is_not_created(string? name, string? owner, string field)
    {
        var error = await Should.ThrowAsync<InvalidRequestException>(() =>
            CreateAsync(new CreateKey(name, owner, null))
        );

        error.Errors.Keys.ShouldBe([field]);
        (await _service.Sender.Send(new ListKeys())).ShouldBeEmpty();
    }

    [Test]
    public async Task A_key_cannot_be_created_expired()
    {
        var error = await Should.ThrowAsync<InvalidRequestException>(() =>
            CreateAsync(new CreateKey("laptop", null, _service.Clock.GetUtcNow()))
        );

        error.Errors.Keys.ShouldBe(["expires"]);
    }

    [Test]
    public async Task A_rejection_has_a_reason_for_the_log()
    {
        var end = _service.Clock.GetUtcNow().AddMinutes(1);
        var revoked = await CreateAsync(new CreateKey("revoked", null, null));
        var expired = await CreateAsync(new CreateKey("expired", null, end));
        (await CheckAsync(revoked.Secret)).Owner.ShouldBe("revoked");
        await _service.Sender.Send(new RevokeKey(revoked.Key.Id));
        _service.Clock.Advance(TimeSpan.FromMinutes(1));

        (await CheckAsync(revoked.Secret)).ShouldBe(new CheckedKey(null, $"key {revoked.Key.Id} is revoked"));
        (await CheckAsync(expired.Secret)).ShouldBe(new CheckedKey(null, $"key {expired.Key.Id} is expired"));
        (await CheckAsync("nonsense")).ShouldBe(new CheckedKey(null, "not a key"));
        (await CheckAsync("qrai_" + new string('A', 43))).ShouldBe(new CheckedKey(null, "no such key"));
    }

    [Test]
    public async Task An_unavailable_database_is_not_reported_as_an_invalid_key()
    {
        var key = await CreateAsync(new CreateKey("alice", null, null));
        _service.Database.IsDown = true;

        await Should.ThrowAsync<DatabaseUnavailableException>(() => CheckAsync(key.Secret));
    }

    [Test]
    public async Task A_key_is_cached_for_two_seconds_and_then_looked_up_again()
    {
        var key = await CreateAsync(new CreateKey("alice", null, null));
        (await CheckAsync(key.Secret)).Owner.ShouldBe("alice");
        _service.Database.IsDown = true;

        _service.Clock.Advance(ApiKeyCache.Lifetime - TimeSpan.FromTicks(1));
        (await CheckAsync(key.Secret)).Owner.ShouldBe("alice");
        _service.Clock.Advance(TimeSpan.FromTicks(1));
        await Should.ThrowAsync<DatabaseUnavailableException>(() => CheckAsync(key.Secret));
    }

    [Test]
    public async Task A_cached_key_still_expires()
    {
        var end = _service.Clock.GetUtcNow().AddSeconds(1);
        var key = await CreateAsync(new CreateKey("alice", null, end));
        (await CheckAsync(key.Secret)).Owner.ShouldBe("alice");

        _service.Clock.Advance(TimeSpan.FromSeconds(1));

        (await CheckAsync(key.Secret)).ShouldBe(new CheckedKey(null, $"key {key.Key.Id} is expired"));
    }

    [Test]
    public async Task Uses_that_could_not_be_saved_are_saved_later()
    {
        var key = await CreateAsync(new CreateKey("alice", null, null));
        await CheckAsync(key.Secret);
        _service.Database.IsDown = true;
        await Should.ThrowAsync<DatabaseUnavailableException>(() => _service.Sender.Send(new RecordKeyUses()));
        _service.Database.IsDown = false;

        await _service.Sender.Send(new RecordKeyUses());

        (await _service.Sender.Send(new ListKeys())).Single().LastUsedAt.ShouldBe(_service.Clock.GetUtcNow());
    }

    [Test]
    public async Task Only_a_usable_key_can_be_rotated()
    {
        var key = await CreateAsync(new CreateKey("alice", null, null));
        await _service.Sender.Send(new RevokeKey(key.Key.Id));

        (
            await Should.ThrowAsync<InvalidRequestException>(() => RotateAsync(key.Key.Id, TimeSpan.Zero))
        ).Errors.Keys.ShouldBe(["id"]);
        await Should.ThrowAsync<NotFoundException>(() => RotateAsync(Guid.CreateVersion7(), TimeSpan.Zero));
        (await _service.Sender.Send(new ListKeys())).Count.ShouldBe(1);
    }

    [TestCase(-1)]
    [TestCase(366)]
    public async Task The_old_key_of_a_rotation_stays_for_a_year_at_most(int days)
    {
        var key = await CreateAsync(new CreateKey("alice", null, null));

        (
            await Should.ThrowAsync<InvalidRequestException>(() => RotateAsync(key.Key.Id, TimeSpan.FromDays(days)))
        ).Errors.Keys.ShouldBe(["keep"]);
    }

    [Test]
    public async Task An_unknown_key_cannot_be_revoked() =>
        await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new RevokeKey(Guid.CreateVersion7())));

    [Test]
    public async Task The_text_of_a_request_does_not_contain_a_key()
    {
        var created = await CreateAsync(new CreateKey("alice", null, null));

        $"{created} {new AuthenticateKey(created.Secret)}".ShouldNotContain(created.Secret);
    }

    private Task<CreatedKey> CreateAsync(CreateKey request) => _service.Sender.Send(request);

    private Task<RotatedKey> RotateAsync(Guid id, TimeSpan keep) => _service.Sender.Send(new RotateKey(id, keep));

    private Task<CheckedKey> CheckAsync(string secret) => _service.Sender.Send(new AuthenticateKey(secret));
}
