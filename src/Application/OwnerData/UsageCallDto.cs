using QrAi.Domain.Usage;

namespace QrAi.Application.OwnerData;

/// <summary>A call of a provider, as an export has it.</summary>
/// <param name="Id">The id, a version 7 UUID.</param>
/// <param name="KeyId">The API key; null if the caller used none.</param>
/// <param name="SessionId">The session; null if nothing was stored.</param>
/// <param name="AnswerId">The answer; null if it was not stored.</param>
/// <param name="Operation">What the provider was called for.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model that was requested.</param>
/// <param name="Outcome">How the call ended.</param>
/// <param name="PromptTokens">The tokens that were sent, cached ones included.</param>
/// <param name="CachedTokens">Those that the provider read from its cache.</param>
/// <param name="CompletionTokens">The tokens that were received.</param>
/// <param name="Cost">The cost in US dollars; null if it is unknown.</param>
/// <param name="IsEstimated">Whether the tokens are counted by the service.</param>
/// <param name="CreatedAt">The end of the call.</param>
public sealed record UsageCallDto(
    Guid Id,
    Guid? KeyId,
    Guid? SessionId,
    Guid? AnswerId,
    UsageOperation Operation,
    string Provider,
    string Model,
    string Outcome,
    int PromptTokens,
    int CachedTokens,
    int CompletionTokens,
    decimal? Cost,
    bool IsEstimated,
    DateTimeOffset CreatedAt
)
{
    internal static UsageCallDto Of(UsageRecord call) =>
        new(
            call.Id,
            call.KeyId,
            call.SessionId,
            call.AnswerId,
            call.Operation,
            call.Provider,
            call.Model,
            call.Outcome,
            call.PromptTokens,
            call.CachedTokens,
            call.CompletionTokens,
            call.Cost is { } cost ? Picodollars.ToDollars(cost) : null,
            call.IsEstimated,
            call.CreatedAt
        );
}
