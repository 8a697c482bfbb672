using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QrAi.WebApi.Http;

namespace QrAi.Tests.Unit.WebApi.Http;

public sealed class RequestIdTests
{
    [TestCase("a")]
    [TestCase("0f8fad5b-d9cb-469f-a165-70867728950e")]
    [TestCase("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")]
    public async Task A_callers_id_is_used(string id) => (await RunAsync(id)).ShouldBe(id);

    [Test]
    public async Task A_callers_id_has_at_most_128_characters()
    {
        (await RunAsync(new string('x', 128))).ShouldBe(new string('x', 128));
        ShouldBeNew(await RunAsync(new string('x', 129)));
    }

    [TestCase("")]
    [TestCase("with space")]
    [TestCase("日本")]
    [TestCase("tab\t")]
    [TestCase("line\nbreak")]
    [TestCase("\u007f")]
    public async Task An_id_that_is_not_visible_ASCII_is_replaced(string id) => ShouldBeNew(await RunAsync(id));

    [Test]
    public async Task A_request_without_an_id_gets_a_new_one()
    {
        var one = await RunAsync();

        ShouldBeNew(one);
        (await RunAsync()).ShouldNotBe(one);
    }

    [Test]
    public async Task Two_ids_are_replaced() => ShouldBeNew(await RunAsync("one two", "three"));

    private static async Task<string> RunAsync(params string[] sent)
    {
        var seen = "";
        await using var services = new ServiceCollection().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        app.UseRequestId();
        app.Run(context =>
        {
            seen = context.TraceIdentifier;
            return Task.CompletedTask;
        });
        var http = new DefaultHttpContext();
        if (sent.Length > 0)
            http.Request.Headers["X-Request-Id"] = sent;
        await app.Build()(http);

        var id = http.Response.Headers["X-Request-Id"].ToString();
        seen.ShouldBe(id);
        return id;
    }

    private static void ShouldBeNew(string id) => Guid.Parse(id).Version.ShouldBe(7);
}
