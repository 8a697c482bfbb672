using AngleSharp.Dom;
using Bunit;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Answers;
using QrAi.WebApp.Api;
using QrAi.WebApp.Components;

namespace QrAi.Tests.Unit.WebApp.Components;

public sealed class MessageViewTests : PageContext
{
    private readonly List<string> _called = [];

    [Test]
    public void A_question_is_shown_as_it_was_written()
    {
        var view = RenderEntry("**Why** <b>?</b>", null);

        view.Find(".question .text").TextContent.ShouldBe("**Why** <b>?</b>");
        view.FindAll(".answer").ShouldBeEmpty();
    }

    [Test]
    public void An_answer_without_text_yet_is_waited_for()
    {
        var view = RenderEntry("Why?", PageData.Answer("", "generating"));

        view.Find(".waiting").TextContent.ShouldBe("Waiting for the answer …");
        view.Find(".answer").GetAttribute("aria-busy").ShouldBe("true");
        view.FindAll(".tools").ShouldBeEmpty();
    }

    [Test]
    public async Task A_complete_answer_is_shown_as_Markdown_with_its_model_and_can_be_copied()
    {
        var view = RenderEntry("Why?", PageData.Answer("**Because** <b>x</b>."));

        view.Find(".answer .text strong").TextContent.ShouldBe("Because");
        view.FindAll(".answer .text b").ShouldBeEmpty();
        view.Find(".answer").GetAttribute("aria-busy").ShouldBe("false");
        view.Find(".model").TextContent.ShouldBe("openrouter/some/model");
        await Button(view, "Copy the answer").ClickAsync();

        Browser.Calls("copy").ShouldBe(["**Because** <b>x</b>."]);
        Notices.Shown.ShouldHaveSingleItem().Text.ShouldBe("Copied.");
    }

    [Test]
    public void A_failed_answer_says_why()
    {
        var view = RenderEntry("Why?", PageData.Answer("", "failed", new AnswerError("provider_failed", "x")));

        view.Find("[role=alert]").TextContent.ShouldBe("The language model failed. Try again.");
        view.FindAll(".waiting").ShouldBeEmpty();
    }

    [Test]
    public void A_stopped_answer_keeps_its_text_and_says_so()
    {
        var view = RenderEntry("Why?", PageData.Answer("Beca", "cancelled"));

        view.Find(".answer .text").TextContent.Trim().ShouldBe("Beca");
        view.Find(".answer .hint").TextContent.ShouldBe("Stopped.");
    }

    [Test]
    public async Task Citations_are_listed_by_their_numbers_and_opened()
    {
        var answer = PageData.Answer("Three days. [2]") with { Citations = [PageData.Citation(2)] };

        var view = RenderEntry("Why?", answer);

        view.Find(".citations li").GetAttribute("value").ShouldBe("2");
        var link = view.Find(".citations button");
        link.TextContent.ShouldBe("Rules › Leave · page 4");
        await link.ClickAsync();
        _called.ShouldBe(["source 2"]);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Only_what_may_be_repeated_can_be_asked_again_or_edited(bool canRepeat)
    {
        var view = RenderEntry("Why?", PageData.Answer("Because."), canRepeat);

        foreach (var name in new[] { "Ask again", "Edit the question" })
            if (view.FindAll("button").FirstOrDefault(button => button.TextContent == name) is { } button)
                await button.ClickAsync();

        _called.ShouldBe(canRepeat ? ["repeat Why?", "edit Why?"] : []);
    }

    [Test]
    public void The_language_of_a_text_is_marked()
    {
        var view = RenderEntry("休暇は？", PageData.Answer("Three days."));

        view.Find(".question .text").GetAttribute("lang").ShouldBe("ja");
        view.Find(".answer .text").HasAttribute("lang").ShouldBeFalse();
    }

    private static IElement Button(IRenderedComponent<MessageView> view, string name) =>
        view.FindAll("button").Single(button => button.TextContent == name);

    private IRenderedComponent<MessageView> RenderEntry(string question, Message? answer, bool canRepeat = false) =>
        Render<MessageView>(parameters =>
            parameters
                .Add(it => it.Entry, new Entry(question, answer is null ? null : AnswerState.Of(answer)))
                .Add(it => it.CanRepeat, canRepeat)
                .Add(it => it.OnRepeat, text => _called.Add($"repeat {text}"))
                .Add(it => it.OnEdit, text => _called.Add($"edit {text}"))
                .Add(it => it.OnSource, citation => _called.Add($"source {citation.Number}"))
        );
}
