using Microsoft.Playwright;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E.Pages;

public sealed class ChatPageTests : PageTests
{
    [Test]
    public async Task A_newcomer_asks_and_finds_the_answer_again_after_a_reload()
    {
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(Reply.Answer("**Tokyo**", ", 東京."));
        var page = await OpenAsync(program);
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("What do you want to know?");

        await page.Box().FillAsync("The capital of Japan?");
        await page.Button("Ask").ClickAsync();

        await page.ShouldShowAnswerAsync("Tokyo, 東京.");
        await Assertions.Expect(page.Locator(".answer strong")).ToHaveTextAsync("Tokyo");
        await page.WaitForURLAsync("**/sessions/*");
        await Assertions.Expect(page.Box()).ToHaveValueAsync("");
        await page.ReloadAsync();
        await Assertions.Expect(page.Questions()).ToHaveTextAsync(["The capital of Japan?"]);
        await page.ShouldShowAnswerAsync("Tokyo, 東京.");
        await page.GetByRole(AriaRole.Link, new() { Name = "New chat" }).ClickAsync();
        await Assertions.Expect(page.Locator(".welcome")).ToBeVisibleAsync();
        await Assertions.Expect(page.Questions()).ToHaveCountAsync(0);
        await page.Locator(".sessions a").ClickAsync();
        await page.ShouldShowAnswerAsync("Tokyo, 東京.");
    }

    [Test]
    public async Task An_answer_goes_on_after_a_reload()
    {
        var (program, provider) = await StartWithProviderAsync();
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        var page = await OpenAsync(program);
        await page.AskAsync("Will you go on?");
        reply.Send("Half of it, ");
        await page.ShouldShowAnswerAsync("Half of it,");

        await page.ReloadAsync();
        await page.ShouldShowAnswerAsync("Half of it,");
        reply.Finish("and the other half.");

        await page.ShouldShowAnswerAsync("Half of it, and the other half.");
        await page.ShouldHaveEndedAsync();
        await Assertions.Expect(page.Questions()).ToHaveCountAsync(1);
        provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task An_answer_goes_on_after_the_service_was_killed_and_started_again()
    {
        RequestsMayFail = true;
        var provider = await StartProviderAsync();
        var workplace = new Workplace().WithOpenRouter(provider);
        workplace.Settings["LEASE_SECONDS"] = "3";
        var program = await StartAsync(workplace);
        provider.Enqueue(Reply.HangAfter("Before the end "));
        var page = await OpenAsync(program);
        await page.AskAsync("Will you come back?");
        await page.ShouldShowAnswerAsync("Before the end");

        program.Kill();
        await program.ExitAsync();
        await Assertions.Expect(page.GetByText("The connection is lost.")).ToBeVisibleAsync();
        provider.Enqueue(Reply.Answer("After the start."));
        await Launch(workplace, program.Address, "--urls", program.Address).ReadyAsync();

        await page.ShouldShowAnswerAsync("After the start.");
        await page.ShouldHaveEndedAsync();
        await Assertions.Expect(page.GetByText("The connection is lost.")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Questions()).ToHaveCountAsync(1);
    }

    [Test]
    public async Task A_question_that_did_not_reach_the_service_is_asked_once_it_is_back_even_after_a_reload()
    {
        RequestsMayFail = true;
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(Reply.Answer("Yes, once."));
        var page = await OpenAsync(program);
        var isAway = true;
        await page.RouteAsync("**/api/questions", route => isAway ? route.AbortAsync() : route.ContinueAsync());
        await page.AskAsync("Did you hear me?");
        await Assertions.Expect(page.GetByText("The connection is lost.")).ToBeVisibleAsync();

        await page.ReloadAsync();
        await Assertions.Expect(page.Questions()).ToHaveTextAsync(["Did you hear me?"]);
        isAway = false;

        await page.ShouldShowAnswerAsync("Yes, once.");
        await page.ReloadAsync();
        await page.ShouldShowAnswerAsync("Yes, once.");
        await Assertions.Expect(page.Questions()).ToHaveCountAsync(1);
        provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_draft_survives_a_reload_and_belongs_to_its_chat()
    {
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(Reply.Answer("Yes."));
        var page = await OpenAsync(program);
        await page.Box().FillAsync("Half a quest");

        await page.ReloadAsync();
        await Assertions.Expect(page.Box()).ToHaveValueAsync("Half a quest");
        await page.AskAsync("A question");
        await page.ShouldShowAnswerAsync("Yes.");
        await page.Box().FillAsync("The next");
        await page.GetByRole(AriaRole.Link, new() { Name = "New chat" }).ClickAsync();
        await Assertions.Expect(page.Box()).ToHaveValueAsync("");
        await page.GoBackAsync();
        await Assertions.Expect(page.Box()).ToHaveValueAsync("The next");
    }

    [Test]
    public async Task What_is_typed_while_a_question_is_sent_stays_in_the_box()
    {
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(Reply.Answer("Yes."));
        var page = await OpenAsync(program);
        var sent = new TaskCompletionSource();
        await page.RouteAsync(
            "**/api/questions",
            async route =>
            {
                await sent.Task;
                await route.ContinueAsync();
            }
        );
        await page.AskAsync("The first?");
        await Assertions.Expect(page.Box()).ToHaveValueAsync("");

        await page.Box().FillAsync("The second");
        sent.SetResult();

        await page.ShouldShowAnswerAsync("Yes.");
        await Assertions.Expect(page.Box()).ToHaveValueAsync("The second");
        await page.ReloadAsync();
        await Assertions.Expect(page.Box()).ToHaveValueAsync("The second");
    }

    [Test]
    public async Task The_keyboard_is_enough_and_Enter_sends_only_when_nothing_is_composed()
    {
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(Reply.Answer("Two lines."));
        var page = await OpenAsync(program);

        for (var presses = 0; presses < 30 && !await IsFocusedAsync(page.Box()); presses++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("One");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("Two");
        await page.Box()
            .EvaluateAsync(
                "box => box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }))"
            );
        await Assertions.Expect(page.Box()).ToHaveValueAsync("One\nTwo");
        await page.Keyboard.TypeAsync("!");
        await page.Keyboard.PressAsync("Enter");

        await page.ShouldShowAnswerAsync("Two lines.");
        (await page.Questions().TextContentAsync()).ShouldBe("One\nTwo!");
        provider.Requests.ShouldHaveSingleItem();
        await Assertions.Expect(page.Box()).ToBeFocusedAsync();
    }

    private static Task<bool> IsFocusedAsync(ILocator box) =>
        box.EvaluateAsync<bool>("box => document.activeElement === box");
}
