using FluentValidation;

namespace QrAi.Application.Search;

/// <summary>The rule of the documents to which a request limits itself.</summary>
internal static class DocumentIdRules
{
    private const int MaxDocuments = 100;

    /// <summary>Requires 1 to 100 ids, or null.</summary>
    public static void DocumentIds<T>(this IRuleBuilderInitial<T, IReadOnlyList<Guid>?> rule) =>
        rule.Must(ids => ids is null or { Count: >= 1 and <= MaxDocuments })
            .WithMessage($"must have 1 to {MaxDocuments} ids");
}
