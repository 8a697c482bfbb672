using Microsoft.Playwright;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E.Pages;

/// <summary>Takes the pictures of the documentation from the running program: <c>build/pictures.sh</c>.</summary>
public sealed class PagePictures : PageTests
{
    private const string Variable = "QRAI_PICTURES";

    private const string Rules = """
        # 就業規則

        ## 休暇

        休暇の申請は、三日前までに上長へ行う。急病のときは、当日の始業までに連絡する。

        ## 旅費

        旅費は実費とする。領収書を添えて、月末までに精算する。
        """;

    private const string Guide = """
        # Backups

        ## Verification

        Every backup is verified after it was created: it is restored into a scratch database, and every table is compared.

        ## Retention

        Seven daily, four weekly and six monthly backups are retained.
        """;

    [TestCase("page", "en-US", ColorScheme.Light, 1200, 760)]
    [TestCase("page-ja-dark", "ja-JP", ColorScheme.Dark, 1200, 760)]
    [TestCase("page-ja-narrow", "ja-JP", ColorScheme.Light, 390, 760)]
    public async Task The_page_is_pictured(string name, string locale, ColorScheme scheme, int width, int height)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
        {
            Assert.Ignore($"{Variable} names no folder for pictures.");
            return;
        }

        var isJapanese = locale == "ja-JP";
        var (program, provider) = await StartWithProviderAsync();
        provider.Enqueue(
            Reply.Answer(
                isJapanese
                    ? "休暇は**三日前まで**に、上長へ申請します。[1] 急病のときは、当日の始業までに連絡してください。[1]\n\n| 種類 | 期限 |\n| --- | --- |\n| 通常 | 三日前 |\n| 急病 | 当日の始業 |"
                    : "Every backup is **verified after it was created** [1]:\n\n1. it is restored into a scratch database,\n2. every table is compared with the original. [1]\n\n```sh\nqrai backup verify\n```"
            )
        );
        var page = await OpenAsync(
            program,
            "/documents",
            new()
            {
                Locale = locale,
                ColorScheme = scheme,
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        await page.AddFileAsync(isJapanese ? "就業規則.md" : "backups.md", isJapanese ? Rules : Guide);
        await ShootAsync("documents");
        await page.GotoAsync(program.Address);
        await page.AskAsync(
            isJapanese ? "休暇はいつまでに申請すればよいですか？" : "How is a backup verified, and how often?"
        );
        await page.ShouldHaveEndedAsync();
        await ShootAsync("chat");
        await page.Locator(".marker").First.ClickAsync();
        await Assertions.Expect(page.Locator("mark")).ToBeVisibleAsync();
        await ShootAsync("source");

        Task ShootAsync(string view) =>
            page.ScreenshotAsync(
                new() { Path = Path.Combine(folder, $"{name}-{view}.png"), Animations = ScreenshotAnimations.Disabled }
            );
    }
}
