using System.Text.Encodings.Web;
using MediatR;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using QrAi.Application.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// Authenticates callers by an API key of this service. An unavailable database is reported as an exception, not as a
/// refused key.
/// </summary>
internal sealed class ApiKeyAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    ISender sender
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "ApiKey";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerCredential.Read(Request) is not { } key)
            return AuthenticateResult.NoResult();

        var (owner, refusal, mayShare, keyId, isLimited) = await sender.Send(
            new AuthenticateKey(key),
            Context.RequestAborted
        );
        return owner is null
            ? AuthenticateResult.Fail(refusal!)
            : AuthenticateResult.Success(
                new(CallerIdentity.Create(owner, SchemeName, mayShare, keyId, isLimited), SchemeName)
            );
    }
}
