using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QrAi.WebApi.Health;

/// <summary>Tells whoever operates the service how it is.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the three ways to ask: is the process alive, can it work, how is everything.</summary>
    /// <param name="app">Where to.</param>
    /// <param name="readyChecks">What has to be healthy for work to be sent here.</param>
    public static void MapHealth(this WebApplication app, IReadOnlyCollection<string> readyChecks)
    {
        var health = app.MapGroup("/health").WithTags("Health").AllowAnonymous();
        Map("/live", "Whether the process is alive; looks at nothing outside it.", _ => false);
        Map("/ready", "Whether work may be sent here.", check => readyChecks.Contains(check.Name));
        Map("", "How everything is, the providers included.", _ => true);

        void Map(string path, string summary, Func<HealthCheckRegistration, bool> predicate) =>
            health
                .MapGet(
                    path,
                    (HealthCheckService checks, HttpResponse response, CancellationToken cancellationToken) =>
                        CheckAsync(checks, predicate, response, cancellationToken)
                )
                .WithSummary(summary)
                .Produces<HealthDto>()
                .Produces<HealthDto>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<JsonHttpResult<HealthDto>> CheckAsync(
        HealthCheckService checks,
        Func<HealthCheckRegistration, bool> predicate,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var report = await checks.CheckHealthAsync(predicate, cancellationToken);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new HealthDto(
                Word(report.Status),
                report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new HealthCheckDto(Word(entry.Value.Status), entry.Value.Description)
                )
            ),
            statusCode: report.Status == HealthStatus.Unhealthy
                ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status200OK
        );
    }

    private static string Word(HealthStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>How it is as a whole, and each check by name.</summary>
    internal sealed record HealthDto(string Status, IReadOnlyDictionary<string, HealthCheckDto> Checks);

    /// <summary>How one thing is.</summary>
    internal sealed record HealthCheckDto(
        string Status,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail
    );
}
