using FluentValidation;
using MediatR;
using QrAi.Application.Errors;

namespace QrAi.Application.Behaviours;

/// <summary>Rejects invalid requests before they reach their handlers.</summary>
internal sealed class Validation<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull // not IRequest<TResponse>, which requests without a response do not implement
{
    public Task<TResponse> Handle(
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        validators.ThrowIfInvalid(request);
        return next(cancellationToken);
    }
}

/// <summary>Rejects invalid stream requests, for which MediatR does not run the behaviours of other requests.</summary>
internal sealed class StreamValidation<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IStreamPipelineBehavior<TRequest, TResponse>
    where TRequest : IStreamRequest<TResponse>
{
    public IAsyncEnumerable<TResponse> Handle(
        TRequest request,
        StreamHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        validators.ThrowIfInvalid(request);
        return next();
    }
}

internal static class Validators
{
    /// <summary>Runs all validators and throws one exception with all failures.</summary>
    public static void ThrowIfInvalid<TRequest>(this IEnumerable<IValidator<TRequest>> validators, TRequest request)
    {
        var failures = validators.SelectMany(validator => validator.Validate(request).Errors).ToList();
        if (failures.Count == 0)
            return;

        throw new InvalidRequestException(
            failures
                .GroupBy(failure => CamelCase(failure.PropertyName))
                .ToDictionary(group => group.Key, group => group.Select(failure => failure.ErrorMessage).ToArray())
        );
    }

    /// <summary>Converts a member name to the spelling of callers; names of headers, which have hyphens, do not change.</summary>
    private static string CamelCase(string name) =>
        name.Contains('-', StringComparison.Ordinal) ? name : char.ToLowerInvariant(name[0]) + name[1..];
}
