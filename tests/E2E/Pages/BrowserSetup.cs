using Microsoft.Playwright;

namespace QrAi.Tests.E2E.Pages;

/// <summary>The browser of the run, Debian's Chromium. Without it the tests of the page are skipped.</summary>
[SetUpFixture]
public sealed class BrowserSetup
{
    private const string Program = "/usr/bin/chromium";

    private static IPlaywright? _playwright;

    internal static IBrowser Browser { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Launch()
    {
        if (!File.Exists(Program))
            Assert.Ignore($"There is no {Program} here (Debian: apt-get install chromium fonts-noto-cjk).");
        Assertions.SetDefaultExpectTimeout((float)Eventually.DefaultLimit.TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Program,
                // A sandbox needs rights that containers do not give.
                Args = ["--no-sandbox"],
            }
        );
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        if (Browser is not null)
            await Browser.CloseAsync();
        _playwright?.Dispose();
    }
}
