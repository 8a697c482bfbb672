using System.Net;
using QrAi.WebApi.Authentication;

namespace QrAi.Tests.Unit.WebApi.Authentication;

public sealed class FailedAttemptsTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly TestClock _clock = new();
    private readonly FailedAttempts _attempts;

    public FailedAttemptsTests() => _attempts = new FailedAttempts(_clock);

    [Test]
    public void A_burst_of_attempts_may_fail_and_then_one_per_refill_period()
    {
        Fail(One, FailedAttempts.Burst - 1);
        _attempts.WaitOf(One).ShouldBeNull();
        Fail(One);
        _attempts.WaitOf(One).ShouldBe(FailedAttempts.Refill);

        _clock.Advance(FailedAttempts.Refill / 2);
        _attempts.WaitOf(One).ShouldBe(FailedAttempts.Refill / 2);
        _clock.Advance(FailedAttempts.Refill / 2);
        _attempts.WaitOf(One).ShouldBeNull();
        Fail(One);
        _attempts.WaitOf(One).ShouldBe(FailedAttempts.Refill);
    }

    [Test]
    public void The_full_burst_is_available_again_later_and_no_more()
    {
        Fail(One, FailedAttempts.Burst);
        _clock.Advance(FailedAttempts.Refill * FailedAttempts.Burst * 10);

        Fail(One, FailedAttempts.Burst - 1);
        _attempts.WaitOf(One).ShouldBeNull();
        Fail(One);
        _attempts.WaitOf(One).ShouldNotBeNull();
    }

    [Test]
    public void Concurrent_failed_attempts_do_not_extend_the_wait()
    {
        Fail(One, FailedAttempts.Burst * 100);

        _attempts.WaitOf(One).ShouldBe(FailedAttempts.Refill);
    }

    [Test]
    public void Addresses_are_limited_separately()
    {
        Fail(One, FailedAttempts.Burst);

        _attempts.WaitOf(Other).ShouldBeNull();
        _attempts.WaitOf(null).ShouldBeNull();
    }

    [Test]
    public void An_IPv4_address_is_the_same_in_both_forms_and_an_IPv6_network_counts_as_one()
    {
        Fail(One, FailedAttempts.Burst);
        Fail(IPAddress.Parse("2001:db8:1:2::1"), FailedAttempts.Burst);

        _attempts.WaitOf(One.MapToIPv6()).ShouldNotBeNull();
        _attempts.WaitOf(IPAddress.Parse("2001:db8:1:2:ffff::9")).ShouldNotBeNull();
        _attempts.WaitOf(IPAddress.Parse("2001:db8:1:3::1")).ShouldBeNull();
    }

    [Test]
    public void The_number_of_addresses_is_limited_and_the_other_ones_share_a_limit()
    {
        for (var number = 0; number < FailedAttempts.MaxAddresses + 100; number++)
            Fail(new IPAddress(0x0A000000L + number));

        _attempts.Count.ShouldBeLessThanOrEqualTo(FailedAttempts.MaxAddresses + 1);
        _attempts.WaitOf(One).ShouldNotBeNull();
        _clock.Advance(FailedAttempts.Refill * 200);
        Fail(One);
        _attempts.WaitOf(One).ShouldBeNull();
        _attempts.Count.ShouldBe(1);
    }

    private void Fail(IPAddress? address, int times = 1)
    {
        for (var time = 0; time < times; time++)
            _attempts.Add(address);
    }
}
