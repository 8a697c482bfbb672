using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>Describes the service as OpenAPI 3.1.</summary>
internal static class OpenApiDocument
{
    public static void AddQrAiOpenApi(this IServiceCollection services, AuthenticationOptions authentication) =>
        services.AddOpenApi(
            "v1",
            options =>
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info.Title = "QrAi";
                        document.Info.Version = "1";
                        document.Info.Description =
                            "Ask questions, let a language model answer, and keep every session. Errors are RFC 9457 "
                            + "problems with a code.";
                        if (authentication.IsRequired)
                            RequireBearer(document);
                        document.Servers = []; // the address is the one that the document came from
                        return Task.CompletedTask;
                    }
                )
        );

    private static void RequireBearer(Microsoft.OpenApi.OpenApiDocument document)
    {
        const string Name = "bearer";
        document.AddComponent(
            Name,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Name,
                Description = "An API key of this service, or a token of its issuer.",
            }
        );
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Name, document)] = [] }];
    }

    /// <summary>Every route can answer with a problem.</summary>
    public static RouteGroupBuilder WithProblemResponses(this RouteGroupBuilder group)
    {
        foreach (var status in new[] { 400, 401, 403, 404, 429, 503 })
            group.WithMetadata(
                new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"])
            );
        return group;
    }
}
