using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Playwright;

namespace QrAi.Tests.E2E.Pages;

/// <summary>Measures the page of the published program: <c>build/measure-page.sh</c>.</summary>
public sealed class PageTimes : PageTests
{
    private const string Variable = "QRAI_PAGE_TIMES";
    private const int Visits = 7;
    private const int Turns = 1_000;

    [Test]
    public async Task The_times_of_the_page_are_measured()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 })
        {
            Assert.Ignore($"{Variable} is not set.");
            return;
        }

        var workplace = new Workplace();
        workplace.Settings["RATE_LIMIT_PER_MINUTE"] = "0";
        var program = await StartAsync(workplace);
        var session = await FillAsync(new Uri(program.Address));
        var (first, second, opened) = (new List<double>(), new List<double>(), new List<double>());
        long bytes = 0;
        for (var visit = 0; visit < Visits; visit++)
        {
            await using var context = await BrowserSetup.Browser.NewContextAsync();
            bytes = 0;
            context.Response += (_, response) =>
            {
                if (response.Headers.TryGetValue("content-length", out var length))
                    bytes += long.Parse(length, CultureInfo.InvariantCulture);
            };
            var page = await context.NewPageAsync();
            first.Add(await MillisecondsAsync(page, program.Address, box => box.WaitForAsync()));
            var received = bytes;
            second.Add(await MillisecondsAsync(page, program.Address, box => box.WaitForAsync()));
            bytes = received;
            var start = Stopwatch.GetTimestamp();
            await page.Locator(".sessions a").First.ClickAsync();
            await page.Questions().Last.WaitForAsync();
            opened.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            page.Url.ShouldEndWith(session);
        }

        await TestContext.Out.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"PAGE first visit {Median(first):0} ms, {bytes / 1e6:0.00} MB; second visit {Median(second):0} ms; a chat of {Turns * 2} messages {Median(opened):0} ms; medians of {Visits}"
            )
        );
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static async Task<double> MillisecondsAsync(IPage page, string address, Func<ILocator, Task> ready)
    {
        var start = Stopwatch.GetTimestamp();
        await page.GotoAsync(address);
        await ready(page.Box());
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<string> FillAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var session = default(string);
        for (var turn = 0; turn < Turns; turn++)
        {
            using var response = await http.PostAsJsonAsync(
                "api/questions",
                new Dictionary<string, string?> { ["question"] = $"Question {turn}", ["sessionId"] = session }
            );
            response.EnsureSuccessStatusCode();
            var asked = await response.Content.ReadFromJsonAsync<Asked>();
            session = asked!.SessionId;
        }

        return session!;
    }

    private sealed record Asked(string SessionId);
}
