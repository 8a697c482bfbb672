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
    private static readonly TimeSpan _tick = TimeSpan.FromTicks(1);

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
    public async Task All_waiting_callers_share_a_read_and_its_timeout()
    {
        _issuer.Hang();
        await StartAsync();

        var waiting = Enumerable.Range(1, 12).Select(_ => _keys.GetAsync()).ToList();
        _clock.Advance(IssuerKeys.MaxWait - _tick);
        waiting.ShouldAllBe(one => !one.IsCompleted);
        _clock.Advance(_tick);

        foreach (var one in waiting)
            await Should.ThrowAsync<IssuerUnavailableException>(one.Soon());
        _issuer.Reads.ShouldBe(1);
        await Eventually.Holds(() =>
            _log.Lines.Any(line => line.Message.EndsWith(": no answer within 5 s", StringComparison.Ordinal))
        );
    }

    [Test]
    public async Task A_caller_that_needs_newer_keys_waits_for_a_read_that_begins_later()
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
        _issuer.Reads.ShouldBe(2);
    }

    [Test]
    public async Task Any_number_of_requests_for_newer_keys_causes_one_read_a_second()
    {
        await StartAsync();
        for (var second = 1; second <= 3; second++)
        {
            await _clock.NextWaitAsync(wait => wait == IssuerKeys.MinInterval).Soon();
            var asking = Enumerable.Range(1, 100).Select(_ => _keys.RefreshAsync()).ToList();
            _issuer.Reads.ShouldBe(second);

            _clock.Advance(IssuerKeys.MinInterval);

            await Task.WhenAll(asking).Soon();
            _issuer.Reads.ShouldBe(second + 1);
        }
    }

    [Test]
    public async Task Keys_are_refreshed_on_a_schedule_without_blocking_callers()
    {
        await StartAsync();
        (await _keys.GetAsync().Soon()).KeyIds().ShouldBe(["first"]);
        _issuer.KeyId = "second";
        await _clock.PassAsync(IssuerKeys.MinInterval).Soon();
        await _clock.NextWaitAsync(wait => wait == IssuerKeys.RefreshInterval).Soon();
        var read = _issuer.Hang();

        _clock.Advance(IssuerKeys.RefreshInterval);

        await Eventually.Holds(() => _issuer.Reads == 2);
        (await _keys.GetAsync()).KeyIds().ShouldBe(["first"]);
        read.SetResult();
        await Eventually.Holds(async () => (await _keys.GetAsync()).KeyIds().Single() == "second");
    }

    [Test]
    public async Task Keys_that_cannot_be_refreshed_are_used_for_an_hour_and_retried_more_often()
    {
        await StartAsync();
        await _keys.GetAsync().Soon();
        _issuer.Fails = true;
        await _clock.PassAsync(IssuerKeys.MinInterval).Soon();
        await _clock.PassAsync(IssuerKeys.RefreshInterval).Soon();
        await _clock.PassAsync(IssuerKeys.MinInterval).Soon();
        await _clock.PassAsync(IssuerKeys.RetryInterval).Soon();
        await Eventually.Holds(() => _issuer.Reads == 3);

        var passed = IssuerKeys.RefreshInterval + IssuerKeys.RetryInterval + IssuerKeys.MinInterval * 2;
        _clock.Advance(IssuerKeys.MaxKeyAge - passed - _tick);
        (await _keys.GetAsync()).KeyIds().ShouldBe(["first"]);
        _clock.Advance(_tick);
        var late = _keys.GetAsync();
        await Eventually.Holds(() =>
        {
            _clock.Advance(IssuerKeys.MinInterval);
            return late.IsCompleted;
        });

        await Should.ThrowAsync<IssuerUnavailableException>(late);
    }

    [Test]
    public async Task An_empty_set_of_keys_is_ignored()
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
    public async Task The_name_of_the_issuer_is_its_address_until_its_metadata_is_read()
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
        await Eventually.Holds(() => _issuer.Reads == 1);
    }

    private ILogger<IssuerKeys> CreateLogger() =>
        LoggerFactory.Create(log => log.AddProvider(_log)).CreateLogger<IssuerKeys>();

    /// <summary>The documents of the issuer, with one key.</summary>
    private sealed class Documents : IDocumentRetriever
    {
        private readonly string _modulus = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(256));
        private TaskCompletionSource? _hanging;
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public bool Fails { get; set; }

        /// <summary>The key's id; null for no key.</summary>
        public string? KeyId { get; set; } = "first";

        /// <summary>Makes the next read wait until it is released.</summary>
        public TaskCompletionSource Hang() =>
            _hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            if (address == "https://issuer.example/keys")
                return KeyId is { } id
                    ? $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"{{id}}","n":"{{_modulus}}","e":"AQAB"}]}"""
                    : """{"keys":[]}""";

            address.ShouldBe("https://issuer.example/realm/.well-known/openid-configuration");
            Interlocked.Increment(ref _reads);
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
