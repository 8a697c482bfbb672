using System.Net;
using Bunit;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Components;

namespace QrAi.Tests.Unit.WebApp.Components;

public sealed class LoadFailureTests : PageContext
{
    private static readonly ApiException _away = Refusal(HttpStatusCode.ServiceUnavailable, "database_unavailable");

    private int _retries;

    [Test]
    public async Task What_may_succeed_later_is_tried_again_by_itself()
    {
        var failure = RenderFailure(_away);
        failure.Find("p").TextContent.ShouldStartWith("The database is away");

        await Clock.PassAsync(LoadFailure.Pause);

        failure.WaitForState(() => _retries == 1);
    }

    [Test]
    public async Task Nothing_is_tried_again_after_it_was_left()
    {
        RenderFailure(_away);

        await DisposeComponentsAsync();
        Clock.Advance(LoadFailure.Pause);

        _retries.ShouldBe(0);
    }

    [Test]
    public async Task What_needs_the_person_is_tried_again_by_the_person_alone()
    {
        var failure = RenderFailure(Refusal(HttpStatusCode.NotFound, "not_found"));
        Clock.Advance(LoadFailure.Pause);
        _retries.ShouldBe(0);

        await failure.Find("button").ClickAsync();

        _retries.ShouldBe(1);
    }

    private static ApiException Refusal(HttpStatusCode status, string code) =>
        new(status, new Problem(code, null, null), retryAfter: null);

    private IRenderedComponent<LoadFailure> RenderFailure(Exception error) =>
        Render<LoadFailure>(parameters =>
            parameters.Add(it => it.Error, error).Add(it => it.OnRetry, () => _retries++)
        );
}
