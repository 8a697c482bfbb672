using System.ComponentModel.DataAnnotations;
using FluentValidation;
using MediatR;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Documents;
using QrAi.Application.Idempotency;
using QrAi.Application.Paging;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Search;

/// <summary>A search in the documents that the caller can read.</summary>
/// <param name="Query">What to find: 1–2,000 characters after trimming, in any language.</param>
/// <param name="Limit">The maximum number of passages, 1–100; without it 10.</param>
/// <param name="DocumentIds">The documents to search, at most 100; without it all.</param>
public sealed record SearchPassages(
    [property: Required, MinLength(1)] string? Query,
    int? Limit = null,
    IReadOnlyList<Guid>? DocumentIds = null
) : IRequest<FoundPassages>, IIdempotentRequest
{
    /// <summary>The number of passages without a limit.</summary>
    public const int DefaultLimit = 10;

    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

/// <summary>What a search found.</summary>
/// <param name="Passages">The passages, best first.</param>
public sealed record FoundPassages(IReadOnlyList<PassageDto> Passages);

internal sealed class SearchPassagesValidator : AbstractValidator<SearchPassages>
{
    private const int MaxQueryLength = 2_000;

    public SearchPassagesValidator()
    {
        RuleFor(request => request.Query).HumanText(MaxQueryLength);
        RuleFor(request => request.Limit!.Value)
            .PageLimit()
            .When(request => request.Limit is not null)
            .OverridePropertyName(nameof(SearchPassages.Limit));
        RuleFor(request => request.DocumentIds).DocumentIds();
    }
}

internal sealed class SearchPassagesHandler(
    PassageSearch search,
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    TimeProvider clock
) : IRequestHandler<SearchPassages, FoundPassages>
{
    public async Task<FoundPassages> Handle(SearchPassages request, CancellationToken cancellationToken)
    {
        var found = new FoundPassages(
            await search.SearchAsync(
                caller.Usage,
                request.Query!.Trim(),
                request.Limit ?? SearchPassages.DefaultLimit,
                request.DocumentIds,
                cancellationToken
            )
        );
        if (request.IdempotencyKey is not { } key)
            return found;

        await using var database = databases.CreateFor(caller.Owner);
        database.IdempotencyRecords.Add(IdempotencyRecord.OfResult(caller.Owner, key, clock.Now(), found));
        await database.SaveChangesAsync(cancellationToken);
        return found;
    }
}
