using Microsoft.Playwright;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Tokens;

namespace QrAi.Tests.E2E.Pages;

public sealed class ViewsTests : PageTests
{
    private const string Rules =
        "# 就業規則\n\n## 休暇\n\n休暇の申請は、三日前までに行う。\n\n## 旅費\n\n旅費は実費とする。\n";

    [Test]
    public async Task A_document_is_added_cited_and_its_passage_opened_from_the_marker()
    {
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(Reply.Answer("三日前までです。 [1]"));
        var page = await OpenAsync(program, "/documents");

        await page.AddFileAsync("rules.md", Rules);
        await page.GetByRole(AriaRole.Link, new() { Name = "New chat" }).ClickAsync();
        await page.AskAsync("休暇はいつまでに申請する？");
        await page.ShouldHaveEndedAsync();
        await page.Locator(".marker").ClickAsync();

        var panel = page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(panel).ToBeVisibleAsync();
        await Assertions.Expect(panel.Locator("mark")).ToContainTextAsync("休暇の申請は、三日前までに行う。");
        await Assertions.Expect(panel.GetByRole(AriaRole.Heading, new() { Level = 2 })).ToHaveTextAsync("就業規則");
        await Assertions.Expect(panel.Locator(".hint")).ToHaveCountAsync(0);
        var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Open the document").ClickAsync());
        download.SuggestedFilename.ShouldBe("rules.md");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(panel).ToHaveCountAsync(0);
        await page.Locator(".citations button").ClickAsync();
        await Assertions.Expect(panel).ToBeVisibleAsync();
    }

    [Test]
    public async Task With_API_keys_the_page_asks_for_one_and_never_shows_it_in_an_address()
    {
        RequestsMayFail = true;
        var provider = await StartProviderAsync();
        provider.Enqueue(Reply.Answer("You may."));
        var workplace = await MigratedAsync(new Workplace().WithOpenRouter(provider));
        workplace.Settings["AUTHENTICATION"] = "api-key";
        var created = await RunAsync(workplace, "keys", "create", "alice");
        created.ExitCode.ShouldBe(0, created.Errors);
        var key = created.Output.Trim();
        var program = await StartAsync(workplace);
        var page = await OpenAsync(program);
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToBeVisibleAsync();

        await page.GetByLabel("API key", new() { Exact = true }).FillAsync(key);
        await page.Button("Save").ClickAsync();

        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await Assertions.Expect(page.GetByText("No chats yet.")).ToBeVisibleAsync();
        await page.AskAsync("May I?");
        await page.ShouldShowAnswerAsync("You may.");
        await page.ReloadAsync();
        await page.ShouldShowAnswerAsync("You may.");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        Addresses.ShouldNotContain(address => address.Contains(key, StringComparison.Ordinal));
        program.Output.ShouldNotContain(key);
    }

    [Test]
    public async Task With_tokens_a_person_signs_in_with_the_issuer_and_is_led_back()
    {
        RequestsMayFail = true;
        await using var issuer = await LocalIssuer.StartAsync();
        OtherAddress = issuer.Authority;
        var provider = await StartProviderAsync();
        provider.Enqueue(Reply.Answer("You may."));
        var workplace = await MigratedAsync(new Workplace().WithOpenRouter(provider));
        workplace.Settings["AUTHENTICATION"] = "jwt";
        workplace.Settings["JWT_AUTHORITY"] = issuer.Authority;
        workplace.Settings["JWT_AUDIENCE"] = issuer.SignedInAudience;
        workplace.Settings["OIDC_CLIENT_ID"] = "page";
        var program = await StartAsync(workplace);
        var page = await OpenAsync(program, "/documents");

        await page.Button("Sign in").ClickAsync();

        await Assertions.Expect(page.GetByText("No documents yet.")).ToBeVisibleAsync();
        new Uri(page.Url).AbsolutePath.ShouldBe("/documents");
        await page.GetByRole(AriaRole.Link, new() { Name = "New chat" }).ClickAsync();
        await page.AskAsync("May I?");
        await page.ShouldShowAnswerAsync("You may.");
    }

    [TestCase("ja-JP", "ja", "何を知りたいですか？", "質問を入力 …", "文書はまだありません。")]
    [TestCase("en-GB", "en", "What do you want to know?", "Ask a question …", "No documents yet.")]
    [TestCase("de-DE", "en", "What do you want to know?", "Ask a question …", "No documents yet.")]
    public async Task The_page_speaks_the_language_of_the_browser(
        string locale,
        string language,
        string welcome,
        string placeholder,
        string noDocuments
    )
    {
        var program = await StartAsync(new Workplace());

        var page = await OpenAsync(program, options: new() { Locale = locale });

        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Assertions.Expect(page.Locator("main h1")).ToHaveTextAsync(welcome);
        await Assertions.Expect(page.Box()).ToHaveAttributeAsync("placeholder", placeholder);
        await page.GotoAsync($"{program.Address}/documents");
        await Assertions.Expect(page.GetByText(noDocuments)).ToBeVisibleAsync();
    }

    [Test]
    public async Task Every_view_is_accessible_and_fits_a_narrow_window([Values] bool isDark)
    {
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(Reply.Answer(Rich));
        var page = await OpenAsync(
            program,
            options: new()
            {
                ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        await CheckAsync(page, "chat");

        await page.GotoAsync($"{program.Address}/documents");
        await page.AddFileAsync($"{new string('n', 80)}.md", Rules);
        await CheckAsync(page, "documents");

        await page.GotoAsync(program.Address);
        await page.AskAsync($"休暇はいつまでに申請する？ {new string('w', 200)}");
        await page.ShouldHaveEndedAsync();
        await CheckAsync(page, "answered chat");

        await page.Locator(".marker").ClickAsync();
        await Assertions.Expect(page.Locator("mark")).ToBeVisibleAsync();
        await CheckAsync(page, "source panel");
    }

    [Test]
    public async Task The_key_dialog_is_accessible([Values] bool isDark)
    {
        RequestsMayFail = true;
        var workplace = await MigratedAsync(new Workplace());
        workplace.Settings["AUTHENTICATION"] = "api-key";
        var program = await StartAsync(workplace);
        var page = await OpenAsync(
            program,
            options: new() { ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light }
        );
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();

        await CheckAsync(page, "key dialog");
    }

    private static string Rich =>
        string.Join(
            "\n\n",
            "三日前までです。 [1]",
            "# Heading",
            $"A long word: {new string('x', 300)}",
            $"```csharp\nvar line = \"{new string('y', 300)}\";\n```",
            $"| a | b |\n| --- | --- |\n| {new string('z', 200)} | 2 |",
            "> A quotation, a [link](https://example.com), `code`.",
            "- [x] done\n- [ ] open"
        );

    private static async Task CheckAsync(IPage page, string view)
    {
        await ShouldBeAccessibleAsync(page, view);
        var size = page.ViewportSize!;
        await page.SetViewportSizeAsync(360, 740);
        await page.ShouldFitAsync(view);
        await ShouldBeAccessibleAsync(page, $"{view}, narrow");
        await page.SetViewportSizeAsync(size.Width, size.Height);
    }
}
