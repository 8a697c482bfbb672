using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.WebApi.Errors;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.Health;

/// <summary>Reports the state of the service.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the probes of liveness, readiness and health.</summary>
    /// <param name="app">The application.</param>
    /// <param name="readyChecks">The checks on which readiness depends.</param>
    public static void MapHealth(this WebApplication app, IReadOnlyCollection<string> readyChecks)
    {
        var health = app.MapGroup("/health")
            .WithTags("Health")
            .AllowAnonymous()
            .MayFailWith(ErrorKind.MethodNotAllowed);
        Map(
            "/live",
            "GetLiveness",
            "Tells whether the process is alive.",
            "Checks nothing outside the process.",
            _ => false
        );
        Map(
            "/ready",
            "GetReadiness",
            "Tells whether the service accepts work.",
            "Checks the database and pending migrations; 503 until the start is complete, and again during the shutdown.",
            check => readyChecks.Contains(check.Name)
        );
        Map(
            "",
            "GetHealth",
            "Tells the state of all dependencies, providers included.",
            "Degraded if the first provider is down, or if backups are configured and none was verified in time.",
            _ => true
        );

        void Map(
            string path,
            string name,
            string summary,
            string description,
            Func<HealthCheckRegistration, bool> predicate
        ) =>
            health
                .MapGet(
                    path,
                    (HealthCheckService checks, HttpResponse response, CancellationToken cancellationToken) =>
                        CheckAsync(checks, predicate, response, cancellationToken)
                )
                .WithName(name)
                .WithSummary(summary)
                .WithDescription(description)
                .WithMetadata(
                    new ProducesResponseTypeAttribute<HealthDto>(StatusCodes.Status200OK)
                    {
                        Description = "Healthy, or degraded.",
                    },
                    new ProducesResponseTypeAttribute<HealthDto>(StatusCodes.Status503ServiceUnavailable)
                    {
                        Description = "Unhealthy.",
                    }
                )
                .WithMetadata(new FixedResponseHeader("Cache-Control", "no-store", "The state must not be cached."));
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
                report.Status,
                report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => new HealthCheckDto(entry.Value.Status, entry.Value.Description)
                )
            ),
            statusCode: report.Status == HealthStatus.Unhealthy
                ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status200OK
        );
    }

    /// <summary>The state as a whole, and of each check.</summary>
    /// <param name="Status">The worst state of a check.</param>
    /// <param name="Checks">The checks by their names.</param>
    internal sealed record HealthDto(HealthStatus Status, IReadOnlyDictionary<string, HealthCheckDto> Checks);

    /// <summary>The state of a dependency.</summary>
    /// <param name="Status">The state.</param>
    /// <param name="Detail">A sentence about the state, without secrets.</param>
    internal sealed record HealthCheckDto(
        HealthStatus Status,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail
    );
}
