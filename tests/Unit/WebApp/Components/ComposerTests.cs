using AngleSharp.Dom;
using Bunit;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Components;

namespace QrAi.Tests.Unit.WebApp.Components;

public sealed class ComposerTests : PageContext
{
    private const string List = "GET /v1/models";

    private readonly List<string> _asked = [];

    public ComposerTests() => Models();

    [Test]
    public async Task What_stands_in_the_box_is_asked_and_the_box_is_emptied()
    {
        var composer = RenderComposer();
        Browser.Box = "  Why?\n";

        await composer.Find("form").SubmitAsync();

        _asked.ShouldBe(["Why?"]);
        Browser.Box.ShouldBeEmpty();
    }

    [TestCase("")]
    [TestCase(" \n")]
    public async Task Nothing_is_not_asked(string text)
    {
        var composer = RenderComposer();
        Browser.Box = text;

        await composer.InvokeAsync(composer.Instance.SubmitAsync);

        _asked.ShouldBeEmpty();
        Browser.Box.ShouldBe(text);
    }

    [Test]
    public async Task While_an_answer_is_generated_it_can_be_stopped_and_nothing_is_asked()
    {
        var stops = 0;
        var composer = RenderComposer(isAnswering: true, stop: () => stops++);
        Browser.Box = "Why?";

        await composer.InvokeAsync(composer.Instance.SubmitAsync);
        await composer.Find("button").ClickAsync();

        composer.Find("button").TextContent.Trim().ShouldBe("Stop");
        (stops, _asked.Count, Browser.Box).ShouldBe((1, 0, "Why?"));
    }

    [Test]
    public void Each_session_has_its_draft()
    {
        var composer = RenderComposer();
        composer.Render(parameters => parameters.Add(it => it.SessionId, PageData.SessionId));
        composer.Render(parameters => parameters.Add(it => it.UsesDocuments, false));

        Browser.Calls("loadDraft").ShouldBe(["qrai.draft.new", $"qrai.draft.{PageData.SessionId}"]);
        Browser.Calls("attachComposer").Count.ShouldBe(1);
    }

    [Test]
    public async Task The_draft_of_a_session_that_was_just_created_stays_in_the_box()
    {
        var composer = RenderComposer();

        await composer.InvokeAsync(() => composer.Instance.MoveDraftAsync(PageData.SessionId));
        composer.Render(parameters => parameters.Add(it => it.SessionId, PageData.SessionId));

        Browser.Calls("moveDraft").ShouldBe([$"qrai.draft.{PageData.SessionId}"]);
        Browser.Calls("loadDraft").ShouldBe(["qrai.draft.new"]);
    }

    [TestCase(1, false)]
    [TestCase(2, true)]
    public void A_choice_of_models_is_shown_if_there_are_several(int models, bool isShown)
    {
        Models([.. Enumerable.Range(1, models).Select(number => $"provider/{number}")]);

        RenderComposer().FindAll("select").Any().ShouldBe(isShown);
    }

    [Test]
    public async Task The_model_and_the_use_of_documents_are_chosen()
    {
        Models("a/one", "b/two/x", "offline");
        var (chosen, uses) = (default(ModelName), true);
        var composer = Render<Composer>(parameters =>
            parameters
                .Add(it => it.UsesDocuments, true)
                .Add(it => it.ModelChanged, model => chosen = model)
                .Add(it => it.UsesDocumentsChanged, value => uses = value)
        );

        composer
            .FindAll("option")
            .Select(option => option.TextContent)
            .ShouldBe(["Automatic", "a/one", "b/two/x", "offline"]);
        await composer.Find("select").ChangeAsync("b/two/x");
        await composer.Find("input[type=checkbox]").ChangeAsync(false);

        (chosen?.Provider, chosen?.Model, uses).ShouldBe(("b", "two/x", false));
        await composer.Find("select").ChangeAsync("offline");
        (chosen?.Provider, chosen?.Model).ShouldBe(("offline", null));
        await composer.Find("select").ChangeAsync("");
        chosen.ShouldBeNull();
    }

    [Test]
    public async Task The_models_of_another_key_are_offered()
    {
        Service.On(
            List,
            PageReply.Problem(401, "unauthenticated"),
            PageReply.Json(new ModelList([new ModelName("a/one"), new ModelName("b/two")]))
        );
        var composer = RenderComposer();
        composer.FindAll("select").ShouldBeEmpty();

        await composer.InvokeAsync(() => Keys.SetAsync("secret", isForGood: false));

        composer.WaitForState(() => composer.FindAll("option").Count == 3);
    }

    [Test]
    public async Task A_text_is_put_into_the_box_to_be_edited()
    {
        var composer = RenderComposer();

        await composer.InvokeAsync(() => composer.Instance.EditAsync("Why not?"));

        Browser.Box.ShouldBe("Why not?");
        Browser.Calls("setText").ShouldBe(["Why not? True"]);
    }

    private void Models(params string[] models) =>
        Service.On(List, PageReply.Json(new ModelList([.. models.Select(model => new ModelName(model))])));

    private IRenderedComponent<Composer> RenderComposer(bool isAnswering = false, Action? stop = null) =>
        Render<Composer>(parameters =>
            parameters
                .Add(it => it.IsAnswering, isAnswering)
                .Add(it => it.OnAsk, _asked.Add)
                .Add(it => it.OnStop, stop ?? (() => { }))
        );
}
