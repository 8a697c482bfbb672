using System.Net;
using System.Net.Http.Headers;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using QrAi.Application;
using QrAi.Application.Checks;
using QrAi.Application.Models;
using QrAi.Infrastructure;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

public sealed class ProvidersCheckTests
{
    private const string OpenRouterKey = "sk-or-that-nobody-may-see";
    private const string GoogleAiKey = "google-ai-that-nobody-may-see";

    private readonly TestClock _clock = new();
    private readonly List<string> _sent = [];

    [Test]
    public async Task Each_provider_is_checked_with_its_key_at_no_cost_and_reported_in_the_order_of_failover()
    {
        var outcome = await CheckAsync(_ => Json(200), ("LLM_PROVIDERS", "google-ai,offline,openrouter"));

        outcome.Passed.ShouldBeTrue();
        outcome.Detail.ShouldBe(
            "google-ai accepts the key (0 ms); offline answers without a network, and is no language model; "
                + "openrouter accepts the key (0 ms)"
        );
        outcome.Facts.Keys.ShouldBe(["google-ai", "offline", "openrouter"]);
        _sent.ShouldBe(
            [
                $"GET https://google.test/v1beta/openai/models Bearer {GoogleAiKey}",
                $"GET https://openrouter.test/api/v1/key Bearer {OpenRouterKey}",
            ],
            ignoreOrder: true
        );
    }

    [Test]
    public async Task Another_server_at_the_address_of_OpenRouter_is_checked_through_its_models()
    {
        var outcome = await CheckAsync(request =>
            request.RequestUri!.AbsolutePath.EndsWith("/key", StringComparison.Ordinal) ? Json(404) : Json(200)
        );

        outcome.Passed.ShouldBeTrue();
        _sent.Count.ShouldBe(2);
    }

    [TestCase(400, "rejects the request (400)", "Check OPENROUTER_API_KEY and OPENROUTER_BASE_URL.")]
    [TestCase(401, "rejects the key (401)", "Check OPENROUTER_API_KEY.")]
    [TestCase(402, "has no credit left (402)", "Add credit to the account of OPENROUTER_API_KEY.")]
    [TestCase(403, "rejects the key (403)", "Check OPENROUTER_API_KEY.")]
    [TestCase(404, "has no API at its address (404)", "Check OPENROUTER_BASE_URL.")]
    [TestCase(301, "has no API at its address (301)", "Check OPENROUTER_BASE_URL.")]
    [TestCase(204, "does not respond with JSON (204)", "Check OPENROUTER_BASE_URL.")]
    [TestCase(429, "limits the rate of requests (429)", "Wait, or put another provider first in LLM_PROVIDERS.")]
    [TestCase(500, "fails (500)", "Wait, or put another provider first in LLM_PROVIDERS.")]
    [TestCase(503, "fails (503)", "Wait, or put another provider first in LLM_PROVIDERS.")]
    public async Task A_rejection_is_reported_with_the_setting_to_check(int status, string seen, string next)
    {
        var outcome = await CheckAsync(_ => Json(status));

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldBe($"openrouter {seen}. {next}");
    }

    [Test]
    public async Task An_HTML_page_is_not_an_API()
    {
        var outcome = await CheckAsync(_ => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent("<html>Sign in</html>", MediaTypeHeaderValue.Parse("text/html")),
        });

        outcome.Detail.ShouldBe("openrouter does not respond with JSON (200). Check OPENROUTER_BASE_URL.");
    }

    [TestCase(HttpRequestError.ConnectionError, "cannot be reached")]
    [TestCase(HttpRequestError.NameResolutionError, "has an unknown host in its address")]
    [TestCase(HttpRequestError.SecureConnectionError, "has a certificate that is not trusted")]
    public async Task A_provider_that_cannot_be_reached_is_reported(HttpRequestError error, string seen)
    {
        var outcome = await CheckAsync(_ => throw new HttpRequestException(error));

        outcome.Detail.ShouldBe(
            $"openrouter {seen}. Check OPENROUTER_BASE_URL, and that this machine can connect to it."
        );
    }

    [TestCase("15", 10)]
    [TestCase("2.5", 2.5)]
    public async Task A_provider_that_hangs_times_out_after_the_first_token_timeout_or_10_seconds(
        string firstToken,
        double seconds
    )
    {
        var checking = CheckAsync(_ => null, ("LLM_FIRST_TOKEN_SECONDS", firstToken));
        await Eventually.Holds(() => Task.FromResult(_sent.Count == 1));

        _clock.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        checking.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        (await checking).Detail.ShouldStartWith(
            FormattableString.Invariant($"openrouter did not answer within {seconds} s. Check OPENROUTER_BASE_URL")
        );
    }

    [Test]
    public async Task One_failed_provider_is_a_failure_even_if_others_answer()
    {
        var outcome = await CheckAsync(
            request => Json(request.RequestUri!.Host == "google.test" ? 401 : 200),
            ("LLM_PROVIDERS", "openrouter,google-ai")
        );

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldBe(
            "openrouter accepts the key (0 ms); google-ai rejects the key (401). Check GOOGLE_AI_API_KEY."
        );
    }

    [Test]
    public async Task The_offline_provider_passes_and_is_not_a_language_model()
    {
        var outcome = await CheckAsync(_ => Json(500), ("LLM_PROVIDERS", "offline"));

        outcome.Passed.ShouldBeTrue();
        outcome.Detail.ShouldContain("no language model");
        _sent.ShouldBeEmpty();
    }

    [Test]
    public async Task Without_a_provider_the_check_fails()
    {
        (string, string)[] none =
        [
            ("ENVIRONMENT", "production"),
            ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"),
            ("OPENROUTER_API_KEY", ""),
            ("GOOGLE_AI_API_KEY", ""),
            ("LLM_PROVIDERS", ""),
        ];

        var outcome = await CheckAsync(_ => Json(200), none);

        outcome.Passed.ShouldBeFalse();
        outcome.Detail.ShouldBe("No provider is configured. Set OPENROUTER_API_KEY or GOOGLE_AI_API_KEY.");
    }

    /// <param name="answer">Returns the response of a provider; null if it does not respond.</param>
    /// <param name="settings">Override the defaults, which configure both providers and use only OpenRouter.</param>
    private async Task<CheckOutcome> CheckAsync(
        Func<HttpRequestMessage, HttpResponseMessage?> answer,
        params (string Name, string Value)[] settings
    )
    {
        var values = new Dictionary<string, string>
        {
            ["LLM_PROVIDERS"] = "openrouter",
            ["OPENROUTER_API_KEY"] = OpenRouterKey,
            ["OPENROUTER_BASE_URL"] = "https://openrouter.test/api/v1",
            ["GOOGLE_AI_API_KEY"] = GoogleAiKey,
            ["GOOGLE_AI_BASE_URL"] = "https://google.test/v1beta/openai/",
        };
        foreach (var (name, value) in settings)
            values[name] = value;
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<TimeProvider>(_clock).AddApplication(null);
        services.AddInfrastructure(QrAiSettings.Read([new SettingsLayer("test", values)]));
        using var connections = new Connections(answer, _sent);
        foreach (var name in new[] { ModelProviderNames.OpenRouter, ModelProviderNames.GoogleAi })
            services.Configure<HttpClientFactoryOptions>(
                name,
                options => options.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = connections)
            );
        await using var provider = services.BuildServiceProvider();

        var results = await provider.GetRequiredService<ISender>().Send(new RunChecks([CheckNames.Providers]));

        var outcome = results.ShouldHaveSingleItem().Outcome;
        outcome.ToString().ShouldNotContain("nobody-may-see");
        return outcome;
    }

    private static HttpResponseMessage Json(int status) =>
        new((HttpStatusCode)status)
        {
            Content = status == 204 ? null : new StringContent("{}", MediaTypeHeaderValue.Parse("application/json")),
        };

    private sealed class Connections(Func<HttpRequestMessage, HttpResponseMessage?> answer, List<string> sent)
        : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            lock (sent)
                sent.Add($"{request.Method} {request.RequestUri} {request.Headers.Authorization}");
            if (answer(request) is { } response)
                return response;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
