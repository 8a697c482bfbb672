using Microsoft.Playwright;

namespace QrAi.Tests.E2E.Pages;

/// <summary>What a person does and sees on the page.</summary>
internal static class PageActions
{
    /// <summary>The box of the question.</summary>
    public static ILocator Box(this IPage page) => page.Locator("#question");

    /// <summary>The questions that the page shows.</summary>
    public static ILocator Questions(this IPage page) => page.Locator(".message.question .text");

    /// <summary>The texts of the answers that the page shows.</summary>
    public static ILocator Answers(this IPage page) => page.Locator(".message.answer .text");

    /// <summary>A button by its name.</summary>
    public static ILocator Button(this IPage page, string name) =>
        page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Writes a question, and sends it.</summary>
    public static async Task AskAsync(this IPage page, string question)
    {
        await page.Box().FillAsync(question);
        await page.Box().PressAsync("Enter");
    }

    /// <summary>Waits for the text of the last answer.</summary>
    public static Task ShouldShowAnswerAsync(this IPage page, string text) =>
        Assertions.Expect(page.Answers().Last).ToHaveTextAsync(text);

    /// <summary>Waits until the last answer is complete.</summary>
    public static Task ShouldHaveEndedAsync(this IPage page) =>
        Assertions.Expect(page.Locator(".message.answer").Last).ToHaveAttributeAsync("aria-busy", "false");

    /// <summary>Adds a file on the page of documents, and waits until it is read.</summary>
    public static async Task AddFileAsync(this IPage page, string name, string text)
    {
        await page.Locator("#files")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = name,
                    MimeType = "text/markdown",
                    Buffer = System.Text.Encoding.UTF8.GetBytes(text),
                }
            );
        await Assertions.Expect(page.Locator(".files .status.ready")).ToBeVisibleAsync();
    }

    /// <summary>Fails if the page is wider than its window.</summary>
    public static async Task ShouldFitAsync(this IPage page, string view)
    {
        var excess = await page.EvaluateAsync<int>(
            "() => Math.max(...[document.documentElement, ...document.querySelectorAll('main, .view, .passages, nav')]"
                + ".map(element => element.scrollWidth - element.clientWidth))"
        );
        excess.ShouldBe(0, $"{view} scrolls sideways.");
    }
}
