using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using QrAi.WebApp.Answers;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;

namespace QrAi.Tests.Unit.Support.WebApp;

/// <summary>Renders parts of the page over a service, a browser and a clock in memory.</summary>
[SetCulture("en-US")]
[SetUICulture("en-US")]
public abstract class PageContext : BunitContext
{
    static PageContext() => DefaultWaitTimeout = Eventually.DefaultLimit;

    /// <summary>Registers what Program registers.</summary>
    protected PageContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton(new PageModule(Browser));
        Services.AddSingleton<BrowserStorage>();
        Services.AddSingleton<ApiKeyStore>();
        Services.AddSingleton(new IssuerHttp(Service.CreateClient()));
        Services.AddSingleton<SignIn>();
        Services.AddSingleton<PendingQuestions>();
        Services.AddSingleton<Notices>();
        Services.AddSingleton<SessionChanges>();
        Services.AddSingleton<AnswerFollower>();
        Services.AddSingleton(new QrAiApi(Service.CreateClient()));
    }

    private protected TestClock Clock { get; } = new();

    private protected BrowserModule Browser { get; } = new();

    private protected PageService Service { get; } = new();

    private protected Notices Notices => Services.GetRequiredService<Notices>();

    private protected ApiKeyStore Keys => Services.GetRequiredService<ApiKeyStore>();

    private protected NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();
}
