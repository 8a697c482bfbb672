using Bunit;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Components;

namespace QrAi.Tests.Unit.WebApp.Components;

public sealed class KeyDialogTests : PageContext
{
    [Test]
    public async Task It_opens_once_for_requests_that_were_refused_at_once()
    {
        var dialog = Render<KeyDialog>();
        Browser.Calls("showDialog").ShouldBeEmpty();

        Keys.Demand();
        Keys.Demand();
        Browser.Calls("showDialog").Count.ShouldBe(1);

        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        Keys.Demand();
        Browser.Calls("showDialog").Count.ShouldBe(2);
    }

    [TestCase(true, "localStorage qrai.key")]
    [TestCase(false, "sessionStorage qrai.key")]
    public async Task A_key_is_kept_where_the_person_wants_it_and_not_in_the_form(bool isForGood, string place)
    {
        var dialog = Render<KeyDialog>();

        await dialog.Find("input[type=password]").InputAsync(" secret ");
        await dialog.Find("input[type=checkbox]").ChangeAsync(isForGood);
        await dialog.Find("form").SubmitAsync();

        Browser.Stored.ShouldHaveSingleItem().ShouldBe(new(place, "secret"));
        Browser.Calls("closeDialog").Count.ShouldBe(1);
        dialog.Markup.ShouldNotContain("secret");
    }

    [Test]
    public async Task An_empty_key_is_not_kept()
    {
        var dialog = Render<KeyDialog>();

        await dialog.Find("input[type=password]").InputAsync("  ");
        await dialog.Find("form").SubmitAsync();

        Browser.Stored.ShouldBeEmpty();
        Browser.Calls("closeDialog").ShouldBeEmpty();
    }

    [Test]
    public async Task A_key_can_be_forgotten()
    {
        var dialog = Render<KeyDialog>();
        dialog.FindAll("button").Count.ShouldBe(2);
        await Keys.SetAsync("secret", isForGood: true);
        Keys.Demand();

        await dialog.Find("button").ClickAsync();

        Browser.Stored.ShouldBeEmpty();
        Browser.Calls("closeDialog").Count.ShouldBe(2, "Once for each change.");
        (await Keys.GetAsync()).ShouldBeNull();
    }

    [Test]
    public async Task It_can_be_left_without_a_key()
    {
        var dialog = Render<KeyDialog>();

        await dialog.Find("button[type=button]").ClickAsync();

        Browser.Calls("closeDialog").Count.ShouldBe(1);
        Browser.Stored.ShouldBeEmpty();
    }
}
