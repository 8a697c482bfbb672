using Microsoft.AspNetCore.Authorization;

namespace QrAi.WebApi.Authentication;

/// <summary>Requires that a caller has an owner, to whom everything that it creates belongs.</summary>
internal sealed class OwnerRequirement : AuthorizationHandler<OwnerRequirement>, IAuthorizationRequirement
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OwnerRequirement requirement)
    {
        if (context.User.FindOwner() is not null)
            context.Succeed(requirement);
        else
            context.Fail(new AuthorizationFailureReason(this, "The token has no usable subject."));
        return Task.CompletedTask;
    }
}
