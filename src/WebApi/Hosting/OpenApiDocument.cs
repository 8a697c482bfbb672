using Microsoft.AspNetCore.Mvc;

namespace QrAi.WebApi.Hosting;

/// <summary>Describes the service as OpenAPI 3.1.</summary>
internal static class OpenApiDocument
{
    public static void AddQrAiOpenApi(this IServiceCollection services) =>
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
                        document.Servers = []; // the address is the one that the document came from
                        return Task.CompletedTask;
                    }
                )
        );

    /// <summary>Every route can answer with a problem.</summary>
    public static RouteGroupBuilder WithProblemResponses(this RouteGroupBuilder group)
    {
        foreach (var status in new[] { 400, 404, 503 })
            group.WithMetadata(
                new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"])
            );
        return group;
    }
}
