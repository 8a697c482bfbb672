using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Browser;
using QrAi.WebApp.Components;
using QrAi.WebApp.Pages;

namespace QrAi.Tests.Unit.WebApp.Browser;

public sealed class SignInTests : PageContext
{
    private const string Settings =
        """{"authorizationEndpoint":"https://issuer.test/authorize","tokenEndpoint":"https://issuer.test/token","clientId":"page","scope":"openid api"}""";

    private const string Exchange = "POST /token";
    private const string Key = "sessionStorage qrai.key";
    private const string Refresh = "sessionStorage qrai.refresh";

    private SignIn SignIn => Services.GetRequiredService<SignIn>();

    [Test]
    public async Task A_person_is_led_to_the_issuer_and_back_to_where_they_were()
    {
        Browser.SignInSettings = Settings;
        Service.On(
            Exchange,
            PageReply.Json(
                new
                {
                    access_token = "token",
                    refresh_token = "again",
                    expires_in = 300,
                }
            )
        );
        Navigation.NavigateTo("/documents");

        await SignIn.BeginAsync();

        var asked = HttpUtility.ParseQueryString(new Uri(Navigation.Uri).Query);
        Navigation.Uri.ShouldStartWith("https://issuer.test/authorize?");
        (asked["response_type"], asked["client_id"], asked["scope"], asked["code_challenge_method"]).ShouldBe(
            ("code", "page", "openid api", "S256")
        );
        asked["redirect_uri"].ShouldBe("http://localhost/signed-in");

        (await SignIn.CompleteAsync("code", asked["state"])).ShouldBe("/documents");

        var sent = HttpUtility.ParseQueryString(Service.To(Exchange).ShouldHaveSingleItem().Body);
        (sent["grant_type"], sent["code"], sent["client_id"]).ShouldBe(("authorization_code", "code", "page"));
        Base64Url
            .EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(sent["code_verifier"]!)))
            .ShouldBe(asked["code_challenge"]);
        Browser.Stored[Key].ShouldBe("token");
        (await SignIn.CompleteAsync("code", asked["state"])).ShouldBeNull("An attempt is completed once.");
    }

    [TestCase("code", "another")]
    [TestCase(null, null)]
    public async Task A_sign_in_that_the_person_has_not_begun_is_refused(string? code, string? state)
    {
        Browser.SignInSettings = Settings;
        await SignIn.BeginAsync();

        (await SignIn.CompleteAsync(code, state)).ShouldBeNull();

        Service.Requests.ShouldBeEmpty();
        Browser.Stored.ShouldNotContainKey(Key);
    }

    [Test]
    public async Task A_token_is_refreshed_before_it_expires_without_loading_anything_again()
    {
        Browser.SignInSettings = Settings;
        Service.On(
            Exchange,
            PageReply.Json(
                new
                {
                    access_token = "one",
                    refresh_token = "a",
                    expires_in = 300,
                }
            ),
            PageReply.Json(
                new
                {
                    access_token = "two",
                    refresh_token = "b",
                    expires_in = 300,
                }
            ),
            PageReply.Status(400)
        );
        var changes = 0;
        await SignInAsync();
        Keys.Changed += () => changes++;

        await SignIn.RefreshAsync();
        Browser.Stored[Key].ShouldBe("one");
        Clock.Advance(TimeSpan.FromSeconds(271));
        await SignIn.RefreshAsync();

        Browser.Stored[Key].ShouldBe("two");
        Service.To(Exchange)[^1].Body.ShouldBe("grant_type=refresh_token&refresh_token=a&client_id=page");
        changes.ShouldBe(0);

        Clock.Advance(TimeSpan.FromSeconds(300));
        await SignIn.RefreshAsync();
        await SignIn.RefreshAsync();
        Service.To(Exchange).Count.ShouldBe(3, "A refused token is not tried again.");
        Browser.Stored.ShouldNotContainKey(Refresh);
    }

    [Test]
    public async Task The_dialog_offers_to_sign_in_only_where_the_service_does()
    {
        var dialog = Render<KeyDialog>();
        Keys.Demand();
        dialog.FindAll("button.primary").Count.ShouldBe(1);

        Browser.SignInSettings = Settings;
        await using var other = new Page();
        other.Browser.SignInSettings = Settings;
        var signing = other.Render<KeyDialog>();
        other.Keys.Demand();
        signing.WaitForState(() => signing.FindAll("button.primary").Count == 2);
        await signing.Find("button.primary").ClickAsync();

        other.Navigation.Uri.ShouldStartWith("https://issuer.test/authorize?");
    }

    [Test]
    public void A_failed_sign_in_says_so()
    {
        var page = Render<SignedIn>();

        page.Find("[role=alert]").TextContent.ShouldStartWith("The sign-in failed.");
    }

    private async Task SignInAsync()
    {
        await SignIn.BeginAsync();
        var state = HttpUtility.ParseQueryString(new Uri(Navigation.Uri).Query)["state"];
        (await SignIn.CompleteAsync("code", state)).ShouldNotBeNull();
    }

    private sealed class Page : PageContext
    {
        public new BrowserModule Browser => base.Browser;

        public new ApiKeyStore Keys => base.Keys;

        public new Microsoft.AspNetCore.Components.NavigationManager Navigation => base.Navigation;
    }
}
