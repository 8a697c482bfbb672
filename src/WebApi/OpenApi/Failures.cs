using QrAi.WebApi.Errors;

namespace QrAi.WebApi.OpenApi;

/// <summary>The errors that an endpoint may answer with, as metadata for the description.</summary>
/// <param name="Kinds">The errors.</param>
internal sealed record Failures(params IReadOnlyList<ErrorKind> Kinds)
{
    /// <summary>The errors of every endpoint.</summary>
    public static Failures OfEverything { get; } = new(ErrorKind.RequestTimeout, ErrorKind.InternalError);

    /// <summary>The errors of endpoints that require a caller.</summary>
    public static Failures OfCallers { get; } =
        new(
            ErrorKind.InvalidRequest,
            ErrorKind.Unauthenticated,
            ErrorKind.Forbidden,
            ErrorKind.RateLimited,
            ErrorKind.DatabaseUnavailable,
            ErrorKind.ProviderNotConfigured,
            ErrorKind.ShuttingDown,
            ErrorKind.IssuerUnavailable,
            ErrorKind.TimedOut
        );

    /// <summary>The errors of endpoints that read a body.</summary>
    public static Failures OfBodies { get; } =
        new(ErrorKind.InvalidRequest, ErrorKind.PayloadTooLarge, ErrorKind.UnsupportedMediaType);

    /// <summary>The errors of endpoints that accept an <c>Idempotency-Key</c>.</summary>
    public static Failures OfIdempotencyKeys { get; } =
        new(ErrorKind.IdempotencyInProgress, ErrorKind.IdempotencyKeyReused);

    /// <summary>The errors of endpoints that wait for an answer.</summary>
    public static Failures OfProviders { get; } =
        new(ErrorKind.BudgetExhausted, ErrorKind.ProviderFailed, ErrorKind.Interrupted, ErrorKind.ProviderTimeout);
}

/// <summary>States which errors endpoints may answer with.</summary>
internal static class FailureConventions
{
    /// <summary>The endpoints may answer with these errors, beside those that were stated before.</summary>
    public static TBuilder MayFailWith<TBuilder>(this TBuilder builder, params IReadOnlyList<ErrorKind> kinds)
        where TBuilder : IEndpointConventionBuilder => builder.MayFailWith(new Failures(kinds));

    /// <inheritdoc cref="MayFailWith{TBuilder}(TBuilder, IReadOnlyList{ErrorKind})" />
    public static TBuilder MayFailWith<TBuilder>(this TBuilder builder, Failures failures)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(failures);
}
