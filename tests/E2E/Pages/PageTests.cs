using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E.Pages;

/// <summary>Opens the page in a browser, and fails the test for an error in its console or a request to another host.</summary>
public abstract class PageTests : ProgramTests
{
    private const string FailedRequest = "Failed to load resource";

    private readonly ConcurrentQueue<string> _faults = new();
    private readonly List<IBrowserContext> _contexts = [];

    /// <summary>Whether requests fail in this test, which the browser reports in the console.</summary>
    private protected bool RequestsMayFail { get; set; }

    /// <summary>Another address that the browser may ask, such as that of an issuer of tokens; null for none.</summary>
    private protected string? OtherAddress { get; set; }

    /// <summary>The addresses that the browser asked for.</summary>
    private protected ConcurrentQueue<string> Addresses { get; } = new();

    [TearDown]
    public async Task CloseContexts()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            foreach (var page in _contexts.SelectMany(context => context.Pages))
                await TestContext.Out.WriteLineAsync($"--- {page.Url}\n{await page.Locator("body").InnerTextAsync()}");
        foreach (var context in _contexts)
            await context.CloseAsync();
        _faults.ShouldBeEmpty();
    }

    /// <summary>Starts the program with one provider.</summary>
    private protected async Task<(QrAiProcess Program, ScriptedProvider Provider)> StartWithProviderAsync()
    {
        var provider = await StartProviderAsync();
        return (await StartAsync(new Workplace().WithOpenRouter(provider)), provider);
    }

    /// <summary>Opens the page, and waits until it is ready.</summary>
    private protected async Task<IPage> OpenAsync(
        QrAiProcess program,
        string path = "/",
        BrowserNewContextOptions? options = null
    )
    {
        options ??= new();
        options.Locale ??= "en-US";
        var context = await BrowserSetup.Browser.NewContextAsync(options);
        _contexts.Add(context);
        context.SetDefaultTimeout((float)Eventually.DefaultLimit.TotalMilliseconds);
        Watch(context, program.Address);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{program.Address}{path}");
        await Assertions.Expect(page.Locator("main h1, main .messages").First).ToBeAttachedAsync();
        return page;
    }

    /// <summary>Fails for what axe-core finds.</summary>
    private protected static async Task ShouldBeAccessibleAsync(IPage page, string view)
    {
        var result = await page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        result
            .Violations.Select(violation =>
                $"{view}: {violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"
            )
            .ShouldBeEmpty();
    }

    private void Watch(IBrowserContext context, string address)
    {
        context.Console += (_, message) =>
        {
            var isFailedRequest = message.Text.StartsWith(FailedRequest, StringComparison.Ordinal);
            if (message.Type is "error" or "warning" && !(RequestsMayFail && isFailedRequest))
                _faults.Enqueue($"{message.Type} in the console: {message.Text}");
        };
        context.WebError += (_, error) => _faults.Enqueue($"error: {error.Error}");
        context.Request += (_, request) =>
        {
            Addresses.Enqueue(request.Url);
            var isLocal =
                request.Url.StartsWith($"{address}/", StringComparison.Ordinal)
                || OtherAddress is not null && request.Url.StartsWith($"{OtherAddress}/", StringComparison.Ordinal)
                || request.Url.StartsWith("data:", StringComparison.Ordinal)
                || request.Url.StartsWith("blob:", StringComparison.Ordinal);
            if (!isLocal)
                _faults.Enqueue($"request to another host: {request.Url}");
        };
    }
}
