using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http.Features;
using QrAi.Application.Callers;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Authentication;

/// <summary>Sets the owner of an authorized request; throws the exception of an unauthorized one.</summary>
internal sealed partial class CallerAuthorizationResultHandler(
    FailedAttempts attempts,
    ILogger<CallerAuthorizationResultHandler> logger
) : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc/>
    public async Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Forbidden)
            throw new ForbiddenException(
                authorizeResult.AuthorizationFailure?.FailureReasons.FirstOrDefault()?.Message
                    ?? "The caller has no right to do this."
            );
        if (!authorizeResult.Succeeded)
            throw await RefuseAsync(context);

        var owner = context.User.FindOwner()!;
        context
            .RequestServices.GetRequiredService<CurrentCaller>()
            .Identify(
                owner,
                context.User.MayShare(),
                context.User.Authentication(),
                context.User.FindKey(),
                context.User.IsLimited()
            );
        context.Features.GetRequiredFeature<RequestProperties>().Owner = owner;
        await next(context);
    }

    private async Task<Exception> RefuseAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0)
            return new UnauthenticatedException(); // not an attempt

        // The result of the policy lacks the reason; that of the scheme has it.
        var failure = (await context.AuthenticateAsync(AuthenticationRegistration.CallerScheme)).Failure;
        if (failure is IssuerUnavailableException)
            return failure;

        // Valid credentials are never limited: behind a proxy all callers share one address.
        var address = context.Connection.RemoteIpAddress;
        if (attempts.WaitOf(address) is { } wait)
            return new TooManyAttemptsException(wait);

        attempts.Add(address);
        LogRefusal(address?.ToString(), ReasonOf(failure));
        return new UnauthenticatedException();
    }

    // Messages of other failures may contain the credential.
    private static string ReasonOf(Exception? failure) =>
        failure switch
        {
            null => "not a bearer",
            AuthenticationFailureException => failure.Message,
            _ => failure.GetType().Name,
        };

    [LoggerMessage(LogLevel.Warning, "A caller from {Address} was refused: {Reason}")]
    private partial void LogRefusal(string? address, string reason);
}
