using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using QrAi.Domain.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>Authenticates every caller as the single owner of a service that requires no credential.</summary>
internal sealed class AnonymousAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Anonymous";

    private static readonly AuthenticationTicket _ticket = new(
        CallerIdentity.Create(Owners.Unauthenticated, SchemeName, mayShare: true),
        SchemeName
    );

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(_ticket));
}
