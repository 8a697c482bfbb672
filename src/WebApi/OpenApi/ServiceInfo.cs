using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>Describes the service as a whole: its name, its tags, and how callers authenticate.</summary>
/// <param name="callersAuthenticate">Whether callers have to authenticate; otherwise they may.</param>
internal sealed class ServiceInfo(bool callersAuthenticate) : IOpenApiDocumentTransformer
{
    private const string Scheme = "bearer";

    private static readonly (string Name, string Description)[] _tags =
    [
        ("Questions", "Ask, and receive the answer complete or as a stream."),
        ("Sessions", "Conversations that are kept."),
        ("Answers", "Answers, whether they are being generated or have ended."),
        ("Keys", "The caller itself."),
        ("OpenAI", "The part of OpenAI's API that chat clients use."),
        ("GraphQL", "The same operations as one schema."),
        ("Health", "The state of the service; open to everyone."),
        ("Description", "This document."),
    ];

    public Task TransformAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "QrAi",
            Version = "1",
            Description =
                "Ask questions, let a language model answer, and keep every session. Errors are RFC 9457 problems with a "
                + "`code`; below `/v1` they have OpenAI's shape, and GraphQL has the same codes in `extensions`.",
            License = new OpenApiLicense { Name = "All rights reserved", Identifier = "LicenseRef-QrAi" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "The host of this document." }];
        document.Tags = _tags
            .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description })
            .ToHashSet();
        document.AddComponent(
            Scheme,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Scheme,
                Description = "An API key of this service, or a token of its issuer.",
            }
        );
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] },
        ];
        if (!callersAuthenticate)
            document.Security.Insert(0, []);
        return Task.CompletedTask;
    }
}
