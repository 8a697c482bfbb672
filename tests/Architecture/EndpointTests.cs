using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Architecture;

/// <summary>The authorization of endpoints. The service is composed, and not started.</summary>
public sealed class EndpointTests
{
    private static readonly string[] Open =
    [
        "/",
        "/documents",
        "/sessions/{id}",
        "/signed-in",
        "/_framework/{**file}",
        @"/{file:regex(\.(css|html|js|svg)(\.(br|gz))?$)}",
        "/health",
        "/health/live",
        "/health/ready",
    ];

    private static readonly string[] Documentation =
    [
        "/docs/{documentName?}",
        "/docs/favicon.svg",
        "/docs/scalar.aspnetcore.js",
        "/docs/scalar.js",
        "/openapi/v1.json",
    ];

    private static IEnumerable<TestCaseData> Environments { get; } =
    [
        new TestCaseData("development", "none", Open.Concat(Documentation)),
        new TestCaseData("development", "api-key,jwt", Open.Concat(Documentation)),
        new TestCaseData("test", "api-key", Open),
        new TestCaseData("production", "jwt", Open),
    ];

    [TestCaseSource(nameof(Environments))]
    public async Task Every_endpoint_requires_a_caller_except_those_that_are_anonymous_on_purpose(
        string environment,
        string authentication,
        IEnumerable<string> anonymous
    )
    {
        await using var service = Compose(environment, authentication);
        var endpoints = ((IEndpointRouteBuilder)service)
            .DataSources.SelectMany(source => source.Endpoints)
            .Cast<RouteEndpoint>()
            .ToLookup(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

        endpoints[true].Select(PathOf).ShouldBe(anonymous, ignoreOrder: true);
        endpoints[false].ShouldNotBeEmpty();
        var policies = service.Services.GetRequiredService<IAuthorizationPolicyProvider>();
        foreach (var endpoint in endpoints[false])
            (await PolicyOfAsync(endpoint, policies))
                .Requirements.Select(requirement => requirement.GetType().Name)
                .ShouldContain("OwnerRequirement", PathOf(endpoint));
    }

    private static WebApplication Compose(string environment, string authentication) =>
        QrAiService.Build(
            [],
            QrAiSettings.Read([
                new SettingsLayer(
                    "test",
                    new Dictionary<string, string>
                    {
                        ["ENVIRONMENT"] = environment,
                        ["DATABASE_URL"] = "postgresql://qrai:none@127.0.0.1/qrai", // pragma: allowlist secret
                        ["LLM_PROVIDERS"] = "offline",
                        ["AUTHENTICATION"] = authentication,
                        ["JWT_AUTHORITY"] = "https://issuer.example",
                        ["JWT_AUDIENCE"] = "qrai",
                    }
                ),
            ])
        );

    private static async Task<AuthorizationPolicy> PolicyOfAsync(
        Endpoint endpoint,
        IAuthorizationPolicyProvider policies
    ) =>
        (
            await AuthorizationPolicy.CombineAsync(
                policies,
                endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(),
                endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>()
            )
        ).ShouldNotBeNull(PathOf(endpoint));

    private static string PathOf(Endpoint endpoint) => "/" + ((RouteEndpoint)endpoint).RoutePattern.RawText!.Trim('/');
}
