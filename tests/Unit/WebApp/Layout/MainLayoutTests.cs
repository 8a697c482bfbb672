using Bunit;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Layout;

namespace QrAi.Tests.Unit.WebApp.Layout;

public sealed class MainLayoutTests : PageContext
{
    public MainLayoutTests() => Service.On("GET /api/sessions", PageReply.Items<Session>(null));

    [Test]
    public void It_holds_the_page_and_tells_the_language()
    {
        var layout = RenderLayout();

        layout.Find("main p").TextContent.ShouldBe("The page");
        Browser.Calls("setLanguage").ShouldBe(["en"]);
    }

    [Test]
    [SetUICulture("ja-JP")]
    public void A_Japanese_browser_gets_a_Japanese_page()
    {
        var layout = RenderLayout();

        Browser.Calls("setLanguage").ShouldBe(["ja"]);
        layout.Find("nav").GetAttribute("aria-label").ShouldBe("チャット");
    }

    [Test]
    public async Task The_menu_opens_and_closes_with_a_choice()
    {
        var layout = RenderLayout();
        var menu = layout.Find("header button");
        menu.GetAttribute("aria-expanded").ShouldBe("false");

        await menu.ClickAsync();
        layout.Find("header button").GetAttribute("aria-expanded").ShouldBe("true");
        await layout.InvokeAsync(() => Navigation.NavigateTo("/documents"));
        layout.FindAll(".menu-open").ShouldBeEmpty();
        await layout.Find("header button").ClickAsync();
        await layout.Find(".shade").ClickAsync();

        layout.FindAll(".menu-open").ShouldBeEmpty();
    }

    [Test]
    public async Task Notices_are_shown_closed_and_undone()
    {
        var layout = RenderLayout();

        Notices.Show("It failed.", isError: true);
        var undone = Notices.ShowUndoableAsync("Deleted.");
        layout.WaitForState(() => layout.FindAll(".notice").Count == 2);
        layout.Find(".notice.error span").TextContent.ShouldBe("It failed.");
        await layout.Find(".notice.error button").ClickAsync();
        await layout.Find(".notice button").ClickAsync();

        (await undone).ShouldBeTrue();
        layout.WaitForState(() => layout.FindAll(".notice").Count == 0);
    }

    [Test]
    public async Task The_content_can_be_skipped_to()
    {
        await RenderLayout().Find(".skip").ClickAsync();

        Browser.Calls("focus").Count.ShouldBe(1);
    }

    private IRenderedComponent<MainLayout> RenderLayout() =>
        Render<MainLayout>(parameters => parameters.Add(layout => layout.Body, "<p>The page</p>"));
}
