using AngleSharp.Dom;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;
using QrAi.WebApp.Components;
using QrAi.WebApp.Pages;

namespace QrAi.Tests.Unit.WebApp.Pages;

public sealed class ChatTests : PageContext
{
    private const string Ask = "POST /api/questions";
    private const string NewPending = "localStorage qrai.pending.new";

    private static readonly string _messages = $"GET /api/sessions/{PageData.SessionId}/messages";
    private static readonly string _stream = $"GET /api/answers/{PageData.AnswerId}/stream";
    private static readonly string _cancel = $"POST /api/answers/{PageData.AnswerId}/cancel";

    public ChatTests() =>
        Service
            .On(
                "GET /v1/models",
                PageReply.Json(new ModelList([new ModelName("openrouter/some/model"), new("offline")]))
            )
            .On(
                $"GET /api/sessions/{PageData.SessionId}",
                PageReply.Json(PageData.Session("Japan", PageData.SessionId))
            )
            .On(_messages, PageReply.Items(null, PageData.Answer("Tokyo."), PageData.Question("Capital?")));

    [Test]
    public void A_new_chat_welcomes()
    {
        var chat = Render<Chat>();

        chat.Find(".welcome h1").TextContent.ShouldBe("What do you want to know?");
        chat.FindAll("option")
            .Select(option => option.TextContent)
            .ShouldBe(["Automatic", "openrouter/some/model", "offline"]);
    }

    [Test]
    public async Task A_question_creates_a_session_whose_address_is_shown()
    {
        var events = new LiveEvents();
        Service.On(Ask, PageReply.Live(events));
        var chat = Render<Chat>();

        await AskAsync(chat, "Capital?");
        chat.Find(".question .text").TextContent.ShouldBe("Capital?");
        chat.FindAll(".waiting").ShouldHaveSingleItem();
        await events.SendAsync(PageData.Started(), PageData.Delta("Tok", "1.3"), PageData.Completed("Tokyo."));
        events.End();

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        chat.WaitForState(() =>
            chat.FindAll("[role=status][aria-live]").Any(found => found.TextContent == "The answer is complete.")
        );
        new Uri(Navigation.Uri).AbsolutePath.ShouldBe($"/sessions/{PageData.SessionId}");
        Browser.Calls("moveDraft").ShouldBe([$"qrai.draft.{PageData.SessionId}"]);
        Service.To(_messages).ShouldBeEmpty("The page has the messages already.");
        Browser.Stored.ShouldNotContainKey(NewPending);
    }

    [Test]
    public async Task The_chosen_model_and_no_documents_go_with_the_question()
    {
        Service.On(Ask, PageReply.Events(PageData.Started(), PageData.Completed("Tokyo.")));
        var chat = Render<Chat>();

        await chat.Find("select").ChangeAsync("openrouter/some/model");
        await chat.Find(".options input[type=checkbox]").ChangeAsync(false);
        await AskAsync(chat, "Capital?");

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        Service
            .To(Ask)
            .ShouldHaveSingleItem()
            .Body.ShouldBe("""{"question":"Capital?","provider":"openrouter","model":"some/model","sources":"none"}""");
    }

    [Test]
    public async Task A_second_question_at_once_is_not_asked()
    {
        Service.On(Ask, PageReply.Live(new LiveEvents()));
        var chat = Render<Chat>();
        var composer = chat.FindComponent<Composer>().Instance;

        await chat.InvokeAsync(() =>
            Task.WhenAll(composer.OnAsk.InvokeAsync("One?"), composer.OnAsk.InvokeAsync("One?"))
        );

        chat.FindAll(".question").ShouldHaveSingleItem();
        Service.To(Ask).Count.ShouldBe(1);
    }

    [Test]
    public void A_session_is_shown_with_its_title_and_its_messages()
    {
        var chat = RenderSession();

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        chat.Find("h1").TextContent.ShouldBe("Japan");
        chat.FindAll(".welcome").ShouldBeEmpty();
    }

    [Test]
    public async Task A_session_that_cannot_be_read_can_be_tried_again()
    {
        Service.On(
            _messages,
            PageReply.Problem(404, "not_found"),
            PageReply.Items(null, PageData.Answer("Tokyo."), PageData.Question("Capital?"))
        );
        var chat = RenderSession();
        chat.Find("[role=alert]").TextContent.ShouldStartWith("It does not exist, or was deleted.");

        await chat.Find("[role=alert] button").ClickAsync();

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        chat.FindAll("[role=alert]").ShouldBeEmpty();
    }

    [Test]
    public async Task An_answer_that_is_being_generated_is_followed()
    {
        var events = new LiveEvents();
        Service
            .On(_messages, PageReply.Items(null, PageData.Answer("Tok", "generating"), PageData.Question("Capital?")))
            .On(_stream, PageReply.Live(events));
        var chat = RenderSession();
        chat.WaitForState(() => Service.To(_stream).Count == 1);

        await events.SendAsync(PageData.Started(), PageData.Completed("Tokyo."));
        events.End();

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        chat.Find(".answer").GetAttribute("aria-busy").ShouldBe("false");
    }

    [Test]
    public async Task A_question_that_was_not_acknowledged_is_asked_again_with_its_key()
    {
        Service.On(Ask, PageReply.Events(PageData.Started(), PageData.Completed("Tokyo.")));
        var pending = await Services.GetRequiredService<PendingQuestions>().AddAsync(new Question("Capital?"));

        var chat = Render<Chat>();

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        Service.To(Ask).ShouldHaveSingleItem().Headers["Idempotency-Key"].ShouldBe(pending.Key);
        Browser.Stored.ShouldNotContainKey(NewPending);
    }

    [Test]
    public async Task A_question_that_reached_the_service_before_a_reload_is_shown_once()
    {
        Service
            .On(_messages, PageReply.Items(null, PageData.Answer("Tok", "generating"), PageData.Question("Capital?")))
            .On(Ask, PageReply.Events(PageData.Started(), PageData.Completed("Tokyo.")));
        await Services.GetRequiredService<PendingQuestions>().AddAsync(new Question("Capital?", PageData.SessionId));

        var chat = RenderSession();

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        chat.FindAll(".question").ShouldHaveSingleItem();
    }

    [Test]
    public async Task With_a_key_the_question_that_was_refused_without_one_is_asked()
    {
        Service.On(
            Ask,
            PageReply.Problem(401, "unauthenticated"),
            PageReply.Events(PageData.Started(), PageData.Completed("Tokyo."))
        );
        var chat = Render<Chat>();
        await AskAsync(chat, "Capital?");
        chat.WaitForState(() =>
            chat.FindAll("[role=alert]")
                .Any(found => found.TextContent.StartsWith("You are not signed in", StringComparison.Ordinal))
        );

        await Keys.SetAsync("secret", isForGood: false);

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        chat.FindAll(".question").ShouldHaveSingleItem();
        chat.WaitForState(() => Service.To("GET /v1/models").Count == 2);
    }

    [Test]
    public async Task A_lost_connection_is_shown_until_it_is_back()
    {
        Service
            .On(Ask, PageReply.EventsThenBreak(PageData.Started(), PageData.Delta("Tok", "1.3")))
            .On(_stream, PageReply.Events(PageData.Completed("Tokyo.")));
        var chat = Render<Chat>();
        await AskAsync(chat, "Capital?");
        chat.WaitForState(() =>
            chat.FindAll(".answer [role=status]")
                .Any(found => found.TextContent.StartsWith("The connection is lost.", StringComparison.Ordinal))
        );

        await Clock.PassAsync(TimeSpan.FromMilliseconds(500));

        chat.WaitForState(() => Answers(chat) is ["Tokyo."]);
        chat.FindAll(".answer [role=status]").ShouldBeEmpty();
    }

    [Test]
    public async Task What_comes_right_after_an_event_is_shown_a_little_later_though_nothing_follows_it()
    {
        var events = new LiveEvents();
        Service
            .On(_messages, PageReply.Items(null, PageData.Answer("", "generating"), PageData.Question("Capital?")))
            .On(_stream, PageReply.Live(events));
        var chat = RenderSession();

        await events.SendAsync(PageData.Started(), PageData.Delta("Tok", "1.3"));
        await Clock.PassAsync(TimeSpan.FromMilliseconds(60));

        chat.WaitForState(() => Answers(chat) is ["Tok"]);
    }

    [Test]
    public async Task An_answer_is_stopped()
    {
        var events = new LiveEvents();
        Service.On(Ask, PageReply.Live(events)).On(_cancel, PageReply.Json(PageData.Answer("Tok", "cancelled")));
        var chat = Render<Chat>();
        await AskAsync(chat, "Capital?");
        await events.SendAsync(PageData.Started(), PageData.Delta("Tok", "1.3"));
        chat.WaitForState(() => new Uri(Navigation.Uri).AbsolutePath != "/");

        await chat.Find("button.primary").ClickAsync();

        chat.WaitForState(() => chat.FindAll(".answer .hint").Any(found => found.TextContent == "Stopped."));
        chat.Find("button.primary").TextContent.ShouldBe("Ask");
    }

    [Test]
    public async Task A_marker_opens_its_source_and_closing_closes_it()
    {
        var answer = PageData.Answer("Three days. [1]") with { Citations = [PageData.Citation()] };
        Service
            .On(_messages, PageReply.Items(null, answer, PageData.Question("When?")))
            .On($"GET /api/documents/{PageData.DocumentId}/passages", PageReply.Problem(404, "not_found"));
        var chat = RenderSession();
        chat.WaitForElement(".marker");

        await chat.InvokeAsync(() =>
            chat.Instance.OpenSource(chat.Find("[data-message]").GetAttribute("data-message")!, 1)
        );
        chat.Find("dialog mark").TextContent.ShouldBe("Three days before.");
        await chat.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        chat.FindAll("dialog").ShouldBeEmpty();
        await chat.InvokeAsync(() => chat.Instance.OpenSource(Guid.Empty.ToString(), 1));
        await chat.InvokeAsync(() =>
            chat.Instance.OpenSource(chat.Find("[data-message]").GetAttribute("data-message")!, 9)
        );
        chat.FindAll("dialog").ShouldBeEmpty();
    }

    [Test]
    public async Task A_long_session_shows_its_end_first()
    {
        Service.On(
            _messages,
            PageReply.Items("earlier", PageData.Answer("Answer 2"), PageData.Question("Question 2")),
            PageReply.Unreachable,
            PageReply.Items(null, PageData.Answer("Answer 1"), PageData.Question("Question 1"))
        );
        var chat = RenderSession();
        chat.WaitForState(() => Answers(chat) is ["Answer 2"]);

        await chat.Find(".more").ClickAsync();
        Notices.Shown.ShouldHaveSingleItem().IsError.ShouldBeTrue();
        await chat.Find(".more").ClickAsync();

        Answers(chat).ShouldBe(["Answer 1", "Answer 2"]);
        chat.FindAll(".more").ShouldBeEmpty();
        Service.To(_messages)[^1].Query.ShouldBe("?order=newest&limit=100&cursor=earlier");
    }

    [Test]
    public void Another_session_is_shown_even_if_the_one_before_is_read_later()
    {
        var other = Guid.CreateVersion7();
        Service
            .On($"GET /api/sessions/{other}/messages", PageReply.Items(null, PageData.Question("Other?")))
            .On($"GET /api/sessions/{other}", PageReply.Json(PageData.Session("Other", other)));
        var chat = RenderSession();

        chat.Render(parameters => parameters.Add(it => it.SessionId, other));
        chat.WaitForState(() => chat.FindAll("h1").Any(found => found.TextContent == "Other"));

        chat.FindAll(".question .text").Select(text => text.TextContent).ShouldBe(["Other?"]);
        chat.Render(parameters => parameters.Add(it => it.SessionId, null));
        chat.WaitForElement(".welcome");
    }

    private static List<string> Answers(IRenderedComponent<Chat> chat) =>
        [.. chat.FindAll(".answer .text").Select(text => text.TextContent.Trim())];

    private async Task AskAsync(IRenderedComponent<Chat> chat, string question)
    {
        Browser.Box = question;
        await chat.Find("form.composer").SubmitAsync();
    }

    private IRenderedComponent<Chat> RenderSession() =>
        Render<Chat>(parameters => parameters.Add(it => it.SessionId, PageData.SessionId));
}
