using AngleSharp.Dom;
using Bunit;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Components;

namespace QrAi.Tests.Unit.WebApp.Components;

public sealed class SourcePanelTests : PageContext
{
    private static readonly string _passages = $"GET /api/documents/{PageData.DocumentId}/passages";

    [Test]
    public void The_passage_is_marked_among_its_neighbours()
    {
        Service.On(
            _passages,
            PageReply.Items("next", Passages(0, 2)),
            PageReply.Items("last", Passages(3, 9)),
            PageReply.Items<Passage>(null)
        );

        var panel = RenderPanel();

        panel.WaitForState(() => panel.FindAll(".passages p").Count > 1);
        panel
            .FindAll(".passages p")
            .Select(text => text.TextContent)
            .ShouldBe(["Text 1", "Text 2", "Three days before.", "Text 4", "Text 5"]);
        panel.Find("mark").TextContent.ShouldBe("Three days before.");
        panel.Find("h2").TextContent.ShouldBe("Rules");
        panel.Find(".place").TextContent.ShouldBe("Rules › Leave · page 4");
        panel.FindAll(".hint").ShouldBeEmpty();
        Service.To(_passages).Select(request => request.Query).ShouldBe(["?limit=100", "?limit=100&cursor=next"]);
        Browser.Calls("showDialog").Count.ShouldBe(1);
        Browser.Calls("scrollIntoView").Count.ShouldBe(1);
    }

    [Test]
    public void A_passage_of_a_deleted_document_is_shown_from_the_citation()
    {
        Service.On(_passages, PageReply.Problem(404, "not_found"));

        var panel = RenderPanel();

        panel.WaitForState(() =>
            panel
                .FindAll(".hint")
                .Any(found => found.TextContent.StartsWith("The document was deleted;", StringComparison.Ordinal))
        );
        panel.Find("mark").TextContent.ShouldBe("Three days before.");
        panel.FindAll(".actions button").ShouldBeEmpty();
    }

    [Test]
    public void A_passage_of_another_version_of_the_document_is_shown_from_the_citation()
    {
        Service.On(_passages, PageReply.Items(null, PageData.Passage(3, "Five days before.")));

        var panel = RenderPanel();

        panel.WaitForElement(".hint");
        panel.Find("mark").TextContent.ShouldBe("Three days before.");
    }

    [TestCase(0)]
    [TestCase(401)]
    [TestCase(503)]
    public void Without_the_service_the_passage_is_shown_from_the_citation(int status)
    {
        Service.On(_passages, status == 0 ? PageReply.Unreachable : PageReply.Problem(status, "unavailable"));

        var panel = RenderPanel();

        panel.Find("mark").TextContent.ShouldBe("Three days before.");
        panel.FindAll(".hint").ShouldBeEmpty("Nothing says that the document was deleted.");
        panel.FindAll(".actions button").ShouldHaveSingleItem();
    }

    [Test]
    public void It_is_read_once_however_often_the_page_is_rendered()
    {
        Service.On(_passages, PageReply.Items(null, Passages(0, 9)));
        var panel = RenderPanel();

        panel.Render(parameters => parameters.Add(it => it.Citation, PageData.Citation()));

        Service.To(_passages).Count.ShouldBe(1);
    }

    [Test]
    public async Task The_document_is_saved_under_its_name()
    {
        Service
            .On(_passages, PageReply.Items(null, Passages(0, 9)))
            .On(
                $"GET /api/documents/{PageData.DocumentId}",
                PageReply.Json(PageData.Document("Rules", id: PageData.DocumentId))
            )
            .On($"GET /api/documents/{PageData.DocumentId}/content", PageReply.Status(200));
        var panel = RenderPanel();

        await panel.Find(".actions button").ClickAsync();

        Browser.Calls("saveFile").ShouldBe(["Rules.md"]);
    }

    [Test]
    public async Task A_document_that_cannot_be_read_is_reported()
    {
        Service
            .On(_passages, PageReply.Items(null, Passages(0, 9)))
            .On($"GET /api/documents/{PageData.DocumentId}", PageReply.Unreachable);
        var panel = RenderPanel();

        await panel.Find(".actions button").ClickAsync();

        Notices.Shown.ShouldHaveSingleItem().IsError.ShouldBeTrue();
    }

    [Test]
    public async Task Closing_closes_the_dialog_which_tells_the_page()
    {
        Service.On(_passages, PageReply.Items(null, Passages(0, 9)));
        var closed = 0;
        var panel = RenderPanel(() => closed++);

        await panel.Find("header button").ClickAsync();
        Browser.Calls("closeDialog").Count.ShouldBe(1);
        await panel.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);

        closed.ShouldBe(1);
    }

    private static Passage[] Passages(int first, int last) =>
        [
            .. Enumerable
                .Range(first, last - first + 1)
                .Select(number => PageData.Passage(number, number == 3 ? "Three days before." : $"Text {number}")),
        ];

    private IRenderedComponent<SourcePanel> RenderPanel(Action? close = null) =>
        Render<SourcePanel>(parameters =>
            parameters.Add(it => it.Citation, PageData.Citation()).Add(it => it.OnClose, close ?? (() => { }))
        );
}
