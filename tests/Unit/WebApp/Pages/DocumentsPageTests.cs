using Bunit;
using Microsoft.AspNetCore.Components.Forms;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Pages;

namespace QrAi.Tests.Unit.WebApp.Pages;

public sealed class DocumentsPageTests : PageContext
{
    private const string Documents = "GET /api/documents";
    private const string Add = "POST /api/documents";

    private static readonly Document _rules = PageData.Document("Rules", id: PageData.DocumentId);
    private static readonly Document _rates = PageData.Document("Rates");
    private static readonly string _document = $"GET /api/documents/{PageData.DocumentId}";
    private static readonly TimeSpan _pollPause = TimeSpan.FromSeconds(1);

    [Test]
    public void Documents_are_listed_with_their_sizes()
    {
        Service.On(Documents, PageReply.Items(null, _rules, _rates with { Size = 3_670_016, Shared = true }));

        var page = Render<DocumentsPage>();

        Titles(page).ShouldBe(["Rules", "Rates"]);
        page.FindAll(".files .hint")
            .Select(hint => hint.TextContent)
            .ShouldBe(["Rules.md · 2 KB", "Rates.md · 3.5 MB · Shared with all"]);
        page.FindAll(".files .status").Select(status => status.TextContent).ShouldBe(["Passages: 7", "Passages: 7"]);
    }

    [TestCase("queued", null, "Waiting to be read")]
    [TestCase("processing", null, "Being read …")]
    [TestCase("failed", "encrypted", "The file has a password. Save it without one.")]
    [TestCase("failed", "no_text", "It has no text, as a scan. Run text recognition (OCR) first.")]
    [TestCase("failed", "too_large", "It is too large. Split it into parts.")]
    [TestCase("failed", "timed_out", "Reading took too long. Split it into parts.")]
    [TestCase("failed", "interrupted", "Reading was interrupted. Add it again.")]
    [TestCase("failed", "unreadable", "The file is damaged. Save it again, and add it.")]
    public void A_status_is_said_in_words(string status, string? code, string text)
    {
        var document = PageData.Document("Rules", status, code is null ? null : new AnswerError(code, "x"));
        Service.On(Documents, PageReply.Items(null, document));

        Render<DocumentsPage>().Find(".files .status").TextContent.ShouldBe(text);
    }

    [Test]
    public void Without_documents_it_says_so()
    {
        Service.On(Documents, PageReply.Items<Document>(null));

        Render<DocumentsPage>()
            .FindAll(".page > .hint")
            .ShouldHaveSingleItem()
            .TextContent.ShouldBe("No documents yet.");
    }

    [Test]
    public async Task A_failure_is_shown_and_can_be_tried_again()
    {
        Service.On(Documents, PageReply.Problem(503, "database_unavailable"), PageReply.Items(null, _rules));
        var page = Render<DocumentsPage>();
        page.Find("[role=alert]").TextContent.ShouldStartWith("The database is away");

        await page.Find("[role=alert] button").ClickAsync();

        Titles(page).ShouldBe(["Rules"]);
        page.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Test]
    public async Task More_documents_are_appended_once_and_a_failure_is_shown()
    {
        Service.On(
            Documents,
            PageReply.Items("next", _rules),
            PageReply.Unreachable,
            PageReply.Items(null, _rules, _rates)
        );
        var page = Render<DocumentsPage>();

        await page.Find(".more").ClickAsync();
        page.FindAll("[role=alert]").ShouldHaveSingleItem();
        await page.Find(".more").ClickAsync();

        Titles(page).ShouldBe(["Rules", "Rates"]);
        page.FindAll("[role=alert]").ShouldBeEmpty();
        Service.Requests[^1].Query.ShouldBe("?limit=50&cursor=next");
    }

    [Test]
    public async Task A_document_that_is_being_read_is_looked_at_until_it_is_ready_over_a_lost_connection()
    {
        Service
            .On(Documents, PageReply.Items(null, _rates, PageData.Document("Rules", "queued", id: PageData.DocumentId)))
            .On(
                _document,
                PageReply.Json(PageData.Document("Rules", "processing", id: PageData.DocumentId)),
                PageReply.Unreachable,
                PageReply.Json(_rules)
            );
        var page = Render<DocumentsPage>();

        await Clock.PassAsync(_pollPause);
        page.WaitForState(() => Statuses(page) is ["Passages: 7", "Being read …"]);
        await Clock.PassAsync(_pollPause);
        page.WaitForState(() => page.FindAll("[role=alert]").Count == 1);
        await Clock.PassAsync(_pollPause);
        page.WaitForState(() => Statuses(page) is ["Passages: 7", "Passages: 7"]);
        page.FindAll("[role=alert]").ShouldBeEmpty();
        await Clock.PassAsync(_pollPause);
        await Clock.NextWaitAsync(wait => wait == _pollPause);

        Service.To(_document).Count.ShouldBe(3, "Nothing is pending any more.");
    }

    [Test]
    public async Task A_document_that_was_deleted_elsewhere_while_it_was_read_goes_from_the_list()
    {
        Service
            .On(Documents, PageReply.Items(null, PageData.Document("Rules", "queued", id: PageData.DocumentId), _rates))
            .On(_document, PageReply.Problem(404, "not_found"));
        var page = Render<DocumentsPage>();

        await Clock.PassAsync(_pollPause);

        page.WaitForState(() => Titles(page) is ["Rates"]);
        page.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Test]
    public void Files_are_added_one_after_another_and_a_refused_one_says_why()
    {
        Service
            .On(Documents, PageReply.Items(null, _rates))
            .On(Add, PageReply.Json(_rules), PageReply.Problem(415, "unsupported_media_type"));
        var page = Render<DocumentsPage>();

        page.FindComponent<InputFile>()
            .UploadFiles(
                InputFileContent.CreateFromText("# Rules", "Rules &1.md"),
                InputFileContent.CreateFromText("x", "x.bin")
            );

        page.WaitForState(() => page.FindAll(".uploads .failure").Count == 1);
        Titles(page).ShouldBe(["Rules", "Rates"]);
        page.Find(".uploads .title").TextContent.ShouldBe("x.bin");
        page.Find(".uploads .failure").TextContent.ShouldBe("This kind of file cannot be read.");
        Service
            .To(Add)[0]
            .ShouldSatisfyAllConditions(
                request => request.Query.ShouldBe("?name=Rules &1.md"),
                request => request.Body.ShouldBe("# Rules")
            );
        page.Find(".uploads button").Click();
        page.FindAll(".uploads li").ShouldBeEmpty();
    }

    [Test]
    public async Task A_file_is_shared_with_all_if_the_person_wants_it()
    {
        Service.On(Documents, PageReply.Items<Document>(null)).On(Add, PageReply.Json(_rules));
        var page = Render<DocumentsPage>();

        await page.Find(".check input").ChangeAsync(true);
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("# Rules", "Rules.md"));

        page.WaitForState(() => Titles(page) is ["Rules"]);
        Service.To(Add).ShouldHaveSingleItem().Query.ShouldBe("?name=Rules.md&shared=true");
    }

    [Test]
    public async Task A_search_waits_for_a_pause_in_typing()
    {
        Service.On(Documents, PageReply.Items(null, _rules, _rates), PageReply.Items<Document>(null));
        var page = Render<DocumentsPage>();

        var search = page.Find("input[type=search]").InputAsync("規則");
        await Clock.PassAsync(TimeSpan.FromMilliseconds(250));
        await search;

        Service.Requests[^1].Query.ShouldBe("?limit=50&q=規則");
        page.Find(".page > .hint").TextContent.ShouldBe("Nothing found.");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_deleted_document_is_gone_at_once_and_deleted_unless_it_is_undone(bool isUndone)
    {
        var delete = $"DELETE /api/documents/{PageData.DocumentId}";
        Service.On(Documents, PageReply.Items(null, _rules, _rates)).On(delete, PageReply.Status(204));
        var page = Render<DocumentsPage>();

        var deleting = page.Find("[aria-label='Delete: Rules']").ClickAsync();
        Titles(page).ShouldBe(["Rates"]);
        if (isUndone)
            Notices.Shown.ShouldHaveSingleItem().Undo();
        else
            Clock.Advance(QrAi.WebApp.Browser.Notices.Duration);
        await deleting;

        Titles(page).ShouldBe(isUndone ? ["Rules", "Rates"] : ["Rates"]);
        Service.To(delete).Count.ShouldBe(isUndone ? 0 : 1);
    }

    private static List<string> Titles(IRenderedComponent<DocumentsPage> page) =>
        [.. page.FindAll(".files .title").Select(title => title.TextContent)];

    private static List<string> Statuses(IRenderedComponent<DocumentsPage> page) =>
        [.. page.FindAll(".files .status").Select(status => status.TextContent)];
}
