using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// Skips authentication on anonymous endpoints. The framework authenticates there too and ignores the outcome: the
/// liveness probe would depend on the database or on an issuer.
/// </summary>
internal sealed class CallerPolicyEvaluator(IAuthorizationService authorization) : PolicyEvaluator(authorization)
{
    /// <inheritdoc/>
    public override Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null
            ? base.AuthenticateAsync(policy, context)
            : Task.FromResult(AuthenticateResult.NoResult());
}
