using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using QrAi.WebApi.Authentication;

namespace QrAi.Tests.Unit.WebApi.Authentication;

public sealed class IssuerKeysTests : IDisposable
{
    private static readonly Uri _authority = new("https://issuer.example/realm/");
    private static readonly TimeSpan _moment = TimeSpan.FromTicks(1);

    private readonly TestClock _clock = new();
    private readonly Documents _issuer = new();
    private readonly ListLog _log = new();
    private readonly IssuerKeys _keys;

    public IssuerKeysTests() => _keys = new IssuerKeys(_authority, _issuer, _clock, CreateLogger());

    [TearDown]
    public async Task StopAsync() => await _keys.StopAsync(CancellationToken.None);

    public void Dispose()
    {
        _keys.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task All_who_wait_share_a_reading_and_give_up_with_it()
    {
        _issuer.Hang();
        await StartAsync();

        var waiting = Enumerable.Range(1, 12).Select(_ => _keys.GetAsync()).ToList();
        _clock.Advance(IssuerKeys.MaxWait - _moment);
        waiting.ShouldAllBe(one => !one.IsCompleted);
        _clock.Advance(_moment);

        foreach (var one in waiting)
            await Should.ThrowAsync<IssuerUnavailableException>(one.Soon());
        _issuer.Readings.ShouldBe(1);
        await Eventually.Holds(() =>
            _log.Lines.Any(line => line.Message.EndsWith(": no answer within 5 s", StringComparison.Ordinal))
        );
    }

    [Test]
    public async Task Who_needs_newer_keys_waits_for_a_reading_that_begins_later()
    {
        var current = _issuer.Hang();
        await StartAsync();
        var known = _keys.GetAsync();
        var newer = _keys.RefreshAsync();

        current.SetResult();

        (await known.Soon()).KeyIds().ShouldBe(["first"]);
        _issuer.KeyId = "second";
        await _clock.NextWaitAsync(wait => wait == IssuerKeys.MinInterval).Soon();
        newer.IsCompleted.ShouldBeFalse();
        _clock.Advance(IssuerKeys.MinInterval);
        (await newer.Soon()).KeyIds().ShouldBe(["second"]);
        (await _keys.GetAsync().Soon()).KeyIds().ShouldBe(["second"]);
        _issuer.Readings.ShouldBe(2);
    }

    [Test]
    public async Task However_many_ask_for_newer_keys_there_is_one_reading_in_a_second()
    {
        await StartAsync();
        for (var second = 1; second <= 3; second++)
        {
            await _clock.NextWaitAsync(wait => wait == IssuerKeys.MinInterval).Soon();
            var asking = Enumerable.Range(1, 100).Select(_ => _keys.RefreshAsync()).ToList();
            _issuer.Readings.ShouldBe(second);

            _clock.Advance(IssuerKeys.MinInterval);

            await Task.WhenAll(asking).Soon();
            _issuer.Readings.ShouldBe(second + 1);
        }
    }

    [Test]
    public async Task Keys_are_read_again_on_a_schedule_and_nobody_waits_for_it()
    {
        await StartAsync();
        (await _keys.GetAsync().Soon()).KeyIds().ShouldBe(["first"]);
        _issuer.KeyId = "second";
        await _clock.PassAsync(IssuerKeys.MinInterval).Soon();
        await _clock.NextWaitAsync(wait => wait == IssuerKeys.RefreshInterval).Soon();
        var reading = _issuer.Hang();

        _clock.Advance(IssuerKeys.RefreshInterval);

        await Eventually.Holds(() => _issuer.Readings == 2);
        (await _keys.GetAsync()).KeyIds().ShouldBe(["first"]);
        reading.SetResult();
        await Eventually.Holds(async () => (await _keys.GetAsync()).KeyIds().Single() == "second");
    }

    [Test]
    public async Task Keys_that_cannot_be_read_again_are_used_for_an_hour_and_asked_for_more_often()
    {
        await StartAsync();
        await _keys.GetAsync().Soon();
        _issuer.Fails = true;
        await _clock.PassAsync(IssuerKeys.MinInterval).Soon();
        await _clock.PassAsync(IssuerKeys.RefreshInterval).Soon();
        await _clock.PassAsync(IssuerKeys.MinInterval).Soon();
        await _clock.PassAsync(IssuerKeys.RetryInterval).Soon();
        await Eventually.Holds(() => _issuer.Readings == 3);

        var passed = IssuerKeys.RefreshInterval + IssuerKeys.RetryInterval + IssuerKeys.MinInterval * 2;
        _clock.Advance(IssuerKeys.MaxKeyAge - passed - _moment);
        (await _keys.GetAsync()).KeyIds().ShouldBe(["first"]);
        _clock.Advance(_moment);
        var late = _keys.GetAsync();
        await Eventually.Holds(() =>
        {
            _clock.Advance(IssuerKeys.MinInterval);
            return late.IsCompleted;
        });

        await Should.ThrowAsync<IssuerUnavailableException>(late);
    }

    [Test]
    public async Task A_set_without_keys_replaces_none()
    {
        await StartAsync();
        await _keys.GetAsync().Soon();
        _issuer.KeyId = null;
        var newer = _keys.RefreshAsync();

        await _clock.PassAsync(IssuerKeys.MinInterval).Soon();

        await Should.ThrowAsync<IssuerUnavailableException>(newer.Soon());
        (await _keys.GetAsync()).KeyIds().ShouldBe(["first"]);
    }

    [Test]
    public async Task Until_the_issuer_has_said_its_name_it_goes_by_its_address()
    {
        _keys.IssuerNames.ShouldContain("https://issuer.example/realm");
        _keys.IssuerNames.ShouldContain("https://issuer.example/realm/");

        await StartAsync();
        await _keys.GetAsync().Soon();

        _keys.IssuerNames.ShouldBe(["https://issuer.example/realm"]);
    }

    private async Task StartAsync()
    {
        await _keys.StartAsync(CancellationToken.None);
        await Eventually.Holds(() => _issuer.Readings == 1);
    }

    private ILogger<IssuerKeys> CreateLogger() =>
        LoggerFactory.Create(log => log.AddProvider(_log)).CreateLogger<IssuerKeys>();

    /// <summary>The issuer's documents, which have one key.</summary>
    private sealed class Documents : IDocumentRetriever
    {
        private readonly string _modulus = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(256));
        private TaskCompletionSource? _hanging;
        private int _readings;

        public int Readings => Volatile.Read(ref _readings);

        public bool Fails { get; set; }

        /// <summary>The key's id; null for no key.</summary>
        public string? KeyId { get; set; } = "first";

        /// <summary>Lets the next reading wait until it is released.</summary>
        public TaskCompletionSource Hang() =>
            _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            if (address == "https://issuer.example/keys")
                return KeyId is { } id
                    ? $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"{{id}}","n":"{{_modulus}}","e":"AQAB"}]}"""
                    : """{"keys":[]}""";

            address.ShouldBe("https://issuer.example/realm/.well-known/openid-configuration");
            Interlocked.Increment(ref _readings);
            if (Interlocked.Exchange(ref _hanging, null) is { } hanging)
                await hanging.Task.WaitAsync(cancel);
            return Fails
                ? throw new IOException("The issuer is away.")
                : """{"issuer":"https://issuer.example/realm","jwks_uri":"https://issuer.example/keys"}""";
        }
    }
}

file static class Keys
{
    public static IEnumerable<string> KeyIds(this OpenIdConnectConfiguration configuration) =>
        configuration.SigningKeys.Select(key => key.KeyId);
}
