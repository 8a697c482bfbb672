using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Browser;

namespace QrAi.Tests.Unit.WebApp.Browser;

public sealed class ApiKeyStoreTests
{
    private const string Local = "localStorage qrai.key";
    private const string Session = "sessionStorage qrai.key";

    private readonly BrowserModule _browser = new();

    [TestCase(true, Local)]
    [TestCase(false, Session)]
    public async Task A_key_stays_where_the_person_wants_it(bool isForGood, string place)
    {
        _browser.Stored[Local] = _browser.Stored[Session] = "old";
        var changes = 0;
        var keys = Keys();
        keys.Changed += () => changes++;

        await keys.SetAsync("new", isForGood);

        _browser.Stored.ShouldHaveSingleItem().ShouldBe(new(place, "new"));
        (await keys.GetAsync()).ShouldBe("new");
        (await Keys().GetAsync()).ShouldBe("new", "Another page reads it.");
        changes.ShouldBe(1);
    }

    [Test]
    public async Task A_removed_key_is_nowhere()
    {
        await Keys().SetAsync("new", isForGood: true);

        await Keys().SetAsync(null, isForGood: true);

        _browser.Stored.ShouldBeEmpty();
        (await Keys().GetAsync()).ShouldBeNull();
    }

    [Test]
    public async Task Every_request_has_the_key_in_a_header_and_never_in_its_address()
    {
        var service = new PageService().On("GET /api/sessions", PageReply.Status(200));
        var keys = Keys();
        using var http = new HttpClient(new ApiKeyHandler(keys) { InnerHandler = service });

        using (await http.GetAsync("http://page.test/api/sessions"))
            service.Requests[^1].Headers.ShouldNotContainKey("Authorization");
        await keys.SetAsync("secret", isForGood: false);
        using (await http.GetAsync("http://page.test/api/sessions"))
            service
                .Requests[^1]
                .ShouldSatisfyAllConditions(
                    request => request.Headers["Authorization"].ShouldBe("Bearer secret"),
                    request => request.Query.ShouldBeEmpty()
                );
    }

    [TestCase(401, 1)]
    [TestCase(403, 0)]
    [TestCase(200, 0)]
    public async Task A_refused_key_is_asked_for(int status, int expected)
    {
        var service = new PageService().On("GET /api/sessions", PageReply.Status(status));
        var (keys, demands) = (Keys(), 0);
        keys.Needed += () => demands++;
        using var http = new HttpClient(new ApiKeyHandler(keys) { InnerHandler = service });

        using var response = await http.GetAsync("http://page.test/api/sessions");

        demands.ShouldBe(expected);
    }

    private ApiKeyStore Keys() => new(new BrowserStorage(new PageModule(_browser)));
}
