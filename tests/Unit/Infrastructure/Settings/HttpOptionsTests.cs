using System.Net;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class HttpOptionsTests
{
    [Test]
    public void No_origin_is_allowed_and_no_proxy_is_trusted_by_default()
    {
        var http = Read().Http;

        (http.StreamsPerCaller, http.RequestTimeout).ShouldBe((100, TimeSpan.FromSeconds(30)));
        http.CorsOrigins.ShouldBeEmpty();
        http.TrustedProxies.ShouldBeEmpty();
    }

    [Test]
    public void Origins_are_read_as_browsers_send_them() =>
        Read(("CORS_ORIGINS", "https://App.Example, http://localhost:5173"))
            .Http.CorsOrigins.ShouldBe(["https://app.example", "http://localhost:5173"]);

    [TestCase("app.example")]
    [TestCase("https://app.example/")]
    [TestCase("https://app.example/path")]
    [TestCase("https://me@app.example")]
    [TestCase("ftp://app.example")]
    [TestCase("null")]
    [TestCase("*")]
    [TestCase("https://app.example,")]
    public void An_invalid_origin_is_rejected(string text) =>
        Problems(("CORS_ORIGINS", text)).ShouldHaveSingleItem().ShouldStartWith("CORS_ORIGINS: must be ");

    [Test]
    public void Proxies_are_addresses_and_networks_of_both_versions() =>
        Read(("TRUSTED_PROXIES", "10.0.0.5, 10.1.0.0/16,2001:db8::1,2001:db8:1::/48"))
            .Http.TrustedProxies.ShouldBe([
                IPNetwork.Parse("10.0.0.5/32"),
                IPNetwork.Parse("10.1.0.0/16"),
                IPNetwork.Parse("2001:db8::1/128"),
                IPNetwork.Parse("2001:db8:1::/48"),
            ]);

    [TestCase("proxy")]
    [TestCase("10.1")]
    [TestCase("10.0.0.0/33")]
    [TestCase("0.0.0.0/0")]
    [TestCase("::/0")]
    [TestCase("10.0.0.5,,10.0.0.6")]
    public void An_invalid_address_or_the_network_of_all_addresses_is_rejected(string text) =>
        Problems(("TRUSTED_PROXIES", text)).ShouldHaveSingleItem().ShouldStartWith("TRUSTED_PROXIES: must be ");
}
