using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// Leaves the credentials of anonymous endpoints unread. The framework reads them there too and only ignores the outcome,
/// so that whether the process is alive would depend on the database or on an issuer.
/// </summary>
internal sealed class CallerPolicyEvaluator(IAuthorizationService authorization) : PolicyEvaluator(authorization)
{
    /// <inheritdoc/>
    public override Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null
            ? base.AuthenticateAsync(policy, context)
            : Task.FromResult(AuthenticateResult.NoResult());
}
