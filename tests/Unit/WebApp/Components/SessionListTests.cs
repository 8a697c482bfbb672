using Bunit;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;
using QrAi.WebApp.Components;

namespace QrAi.Tests.Unit.WebApp.Components;

public sealed class SessionListTests : PageContext
{
    private const string Sessions = "GET /api/sessions";

    private static readonly Session _japan = PageData.Session("Japan", PageData.SessionId);
    private static readonly Session _france = PageData.Session("France");
    private static readonly TimeSpan _typingPause = TimeSpan.FromMilliseconds(250);

    [Test]
    public void Sessions_are_listed_and_the_current_one_is_marked()
    {
        Navigation.NavigateTo($"/sessions/{_japan.Id}");

        var list = RenderList();

        Titles(list).ShouldBe(["Japan", "France"]);
        var current = list.FindAll("[aria-current=page]").ShouldHaveSingleItem();
        current.GetAttribute("href").ShouldBe($"/sessions/{_japan.Id}");
        list.InvokeAsync(() => Navigation.NavigateTo("/"));
        list.WaitForState(() => list.FindAll("[aria-current=page]").Count == 0);
    }

    [Test]
    public void Without_sessions_it_says_so()
    {
        Service.On(Sessions, PageReply.Items<Session>(null));

        Render<SessionList>().Find(".hint").TextContent.ShouldBe("No chats yet.");
    }

    [Test]
    public async Task A_failure_is_shown_and_can_be_tried_again()
    {
        Service.On(Sessions, PageReply.Unreachable, PageReply.Items(null, _japan));
        var list = Render<SessionList>();
        list.Find("[role=alert]").TextContent.ShouldStartWith("The service cannot be reached.");

        await list.Find("[role=alert] button").ClickAsync();

        Titles(list).ShouldBe(["Japan"]);
        list.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Test]
    public async Task More_sessions_are_appended_once()
    {
        Service.On(Sessions, PageReply.Items("next", _japan), PageReply.Items(null, _japan, _france));
        var list = Render<SessionList>();

        await list.Find(".more").ClickAsync();

        Titles(list).ShouldBe(["Japan", "France"]);
        list.FindAll(".more").ShouldBeEmpty();
        Service.Requests[^1].Query.ShouldBe("?limit=50&cursor=next");
    }

    [Test]
    public async Task A_search_waits_for_a_pause_in_typing_and_shows_what_was_found()
    {
        var found = _japan with { Match = new SessionMatch("首都は東京") };
        Service.On(Sessions, PageReply.Items(null, _japan, _france), PageReply.Items(null, found));
        var list = Render<SessionList>();

        var first = list.Find("input[type=search]").InputAsync("東");
        await Clock.NextWaitAsync(wait => wait == _typingPause);
        var second = list.Find("input[type=search]").InputAsync("東京&x");
        await Clock.PassAsync(_typingPause);
        await Task.WhenAll(first, second);

        Service.To(Sessions).Select(request => request.Query).ShouldBe(["?limit=50", "?limit=50&q=東京&x"]);
        list.Find(".quote").TextContent.ShouldBe("首都は東京");
    }

    [Test]
    public async Task A_search_without_a_match_says_so()
    {
        Service.On(Sessions, PageReply.Items(null, _japan), PageReply.Items<Session>(null));
        var list = Render<SessionList>();

        var search = list.Find("input[type=search]").InputAsync("x");
        await Clock.PassAsync(_typingPause);
        await search;

        list.Find(".hint").TextContent.ShouldBe("Nothing found.");
    }

    [Test]
    public async Task A_session_is_renamed()
    {
        Service.On($"PATCH /api/sessions/{_japan.Id}", PageReply.Json(_japan with { Title = "Nippon" }));
        var list = RenderList();

        await list.Find("[aria-label='Rename: Japan']").ClickAsync();
        list.Find(".rename input").GetAttribute("value").ShouldBe("Japan");
        await list.Find(".rename input").ChangeAsync("Nippon");
        await list.Find(".rename").SubmitAsync();

        Titles(list).ShouldBe(["Nippon", "France"]);
        Service.Requests[^1].Body.ShouldBe("""{"title":"Nippon"}""");
        list.FindAll(".rename").ShouldBeEmpty();
    }

    [Test]
    public async Task A_title_that_is_refused_can_be_corrected()
    {
        Service.On($"PATCH /api/sessions/{_japan.Id}", PageReply.Problem(400, "validation_failed", "Too long."));
        var list = RenderList();

        await list.Find("[aria-label='Rename: Japan']").ClickAsync();
        await list.Find(".rename").SubmitAsync();

        list.FindAll(".rename").ShouldHaveSingleItem();
        Notices.Shown.ShouldHaveSingleItem().Text.ShouldBe("Too long.");
        await list.Find(".rename [aria-label=Cancel]").ClickAsync();
        Titles(list).ShouldBe(["Japan", "France"]);
    }

    [Test]
    public async Task A_deleted_session_is_gone_at_once_and_deleted_when_it_can_no_longer_be_undone()
    {
        Navigation.NavigateTo($"/sessions/{_japan.Id}");
        Service.On($"DELETE /api/sessions/{_japan.Id}", PageReply.Status(204));
        var list = RenderList();

        var deleting = list.Find("[aria-label='Delete: Japan']").ClickAsync();

        Titles(list).ShouldBe(["France"]);
        new Uri(Navigation.Uri).AbsolutePath.ShouldBe("/");
        Notices.Shown.ShouldHaveSingleItem().Text.ShouldBe("“Japan” is deleted.");
        Service.To($"DELETE /api/sessions/{_japan.Id}").ShouldBeEmpty();
        Clock.Advance(QrAi.WebApp.Browser.Notices.Duration);
        await deleting;
        Service.To($"DELETE /api/sessions/{_japan.Id}").Count.ShouldBe(1);
    }

    [Test]
    public async Task A_deletion_that_is_undone_deletes_nothing()
    {
        var list = RenderList();
        var deleting = list.Find("[aria-label='Delete: Japan']").ClickAsync();

        Notices.Shown.ShouldHaveSingleItem().Undo();
        await deleting;

        Titles(list).ShouldBe(["Japan", "France"]);
        Service.Requests.ShouldAllBe(request => request.Route == Sessions);
    }

    [Test]
    public async Task A_session_that_could_not_be_deleted_comes_back()
    {
        Service.On($"DELETE /api/sessions/{_japan.Id}", PageReply.Unreachable);
        var list = RenderList();
        var deleting = list.Find("[aria-label='Delete: Japan']").ClickAsync();

        Clock.Advance(QrAi.WebApp.Browser.Notices.Duration);
        await deleting;

        Titles(list).ShouldBe(["Japan", "France"]);
        Notices.Shown.ShouldHaveSingleItem().IsError.ShouldBeTrue();
    }

    [Test]
    public async Task It_is_read_again_when_a_session_or_the_key_changes()
    {
        var list = RenderList();

        Services.GetRequiredService<SessionChanges>().Raise();
        await Keys.SetAsync("secret", isForGood: false);

        list.WaitForState(() => Service.To(Sessions).Count == 3);
    }

    private static List<string> Titles(IRenderedComponent<SessionList> list) =>
        [.. list.FindAll(".sessions .title").Select(title => title.TextContent)];

    private IRenderedComponent<SessionList> RenderList()
    {
        Service.On(Sessions, PageReply.Items(null, _japan, _france));
        return Render<SessionList>();
    }
}
