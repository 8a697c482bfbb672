using System.Net;
using System.Net.Sockets;
using QrAi.Tests.Isolation;

namespace QrAi.Tests.Integration.Isolation;

/// <summary>Tests that call other hosts, which must be refused and reported.</summary>
public sealed class ConnectionGuardTests
{
    // Addresses and names for documentation, which do not exist: RFC 5737, RFC 3849, RFC 2606.
    [TestCase("http://192.0.2.1:81/", "a connection to 192.0.2.1:81")]
    [TestCase("http://[2001:db8::1]:82/", "a connection to [2001:db8::1]:82")]
    [TestCase("https://openrouter.example/api/v1", "a connection to openrouter.example")]
    public async Task A_call_of_another_machine_is_refused_and_its_host_is_reported(string url, string named)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(url));

        Violations.Take().ShouldContain(named);
    }

    [Test]
    public void A_connection_of_any_protocol_is_refused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        Should.Throw<Exception>(() => socket.Connect(IPAddress.Parse("192.0.2.1"), 5432));

        Violations.Take().ShouldBe(["a connection to 192.0.2.1:5432"]);
    }

    [Test]
    public async Task A_test_fails_after_a_refused_call_even_if_the_code_ignores_the_refusal()
    {
        await Should.ThrowAsync<Exception>(() => Dns.GetHostAddressesAsync("swallowed.example"));
        var test = new NUnit.Framework.Internal.TestMethod(
            new NUnit.Framework.Internal.MethodWrapper(typeof(ConnectionGuardTests), nameof(Loopback_is_allowed))
        )
        {
            Id = TestContext.CurrentContext.Test.ID,
        };

        var failure = Should.Throw<AssertionException>(() => new NoRealCallsAttribute().AfterTest(test));

        failure.Message.ShouldContain("a connection to swallowed.example");
    }

    [Test]
    public async Task Loopback_is_allowed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();

        await client.ConnectAsync("localhost", ((IPEndPoint)listener.LocalEndpoint).Port);

        client.Connected.ShouldBeTrue();
        Violations.Take().ShouldBeEmpty();
    }
}
