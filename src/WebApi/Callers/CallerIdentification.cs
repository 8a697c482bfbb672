using System.Net.Http.Headers;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using QrAi.Application.Callers;
using QrAi.Domain.Callers;
using QrAi.WebApi.Hosting;

namespace QrAi.WebApi.Callers;

/// <summary>Which proofs of who a caller is are taken; with neither, none is asked for.</summary>
/// <param name="Keys">API keys of this service.</param>
/// <param name="Tokens">Tokens of the issuer.</param>
internal sealed record AcceptedProofs(bool Keys, bool Tokens);

/// <summary>
/// Says for whom each request is, before anything else looks at it. Every route needs a caller, also one that is not there,
/// unless it is marked as an <see cref="OpenRoute"/>.
/// </summary>
internal static partial class CallerIdentification
{
    private const string Scheme = "Bearer";

    public static void UseCallerIdentification(this WebApplication app, AcceptedProofs proofs) =>
        app.Use(
            async (context, next) =>
            {
                if (OpenRoute.Is(context.GetEndpoint()))
                {
                    await next(context);
                    return;
                }

                var owner = proofs is { Keys: false, Tokens: false }
                    ? Owners.Unauthenticated
                    : await AuthenticateAsync(context, proofs, app.Logger);
                context.RequestServices.GetRequiredService<CurrentCaller>().Identify(owner);
                context.Features.GetRequiredFeature<RequestProperties>().Owner = owner;
                await next(context);
            }
        );

    private static async Task<string> AuthenticateAsync(HttpContext context, AcceptedProofs proofs, ILogger logger)
    {
        var sent = context.Request.Headers.Authorization;
        if (sent.Count == 0)
            throw new UnauthenticatedException();

        // Whoever can prove who it is comes in however many others failed from there: behind a proxy all have one address.
        var (owner, refusal) = await CheckAsync(context, sent, proofs);
        if (owner is not null)
            return owner;

        var attempts = context.RequestServices.GetRequiredService<FailedAttempts>();
        var address = context.Connection.RemoteIpAddress;
        if (attempts.WaitOf(address) is { } wait)
            throw new TooManyAttemptsException(wait);

        attempts.Add(address);
        Refused(logger, address?.ToString(), refusal!);
        throw new UnauthenticatedException();
    }

    private static async Task<(string? Owner, string? Refusal)> CheckAsync(
        HttpContext context,
        string? sent,
        AcceptedProofs proofs
    )
    {
        if (
            !AuthenticationHeaderValue.TryParse(sent, out var header)
            || !header.Scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase)
            || header.Parameter is not { } proof
        )
            return (null, "not a bearer");

        if (proofs.Tokens && !(proofs.Keys && proof.StartsWith(ApiKey.Prefix, StringComparison.Ordinal)))
            return await BearerTokens.CheckAsync(context, proof);

        var sender = context.RequestServices.GetRequiredService<ISender>();
        var key = await sender.Send(new AuthenticateKey(proof), context.RequestAborted);
        return (key.Owner, key.Refusal);
    }

    [LoggerMessage(LogLevel.Warning, "A caller from {Address} was refused: {Reason}")]
    private static partial void Refused(ILogger logger, string? address, string reason);
}
