using System.Text.Json.Serialization;

namespace QrAi.Application.Usage;

/// <summary>What calls of providers used within some days.</summary>
/// <param name="Items">The sums by key, sorted by it.</param>
/// <param name="Total">The sums of all items.</param>
public sealed record UsageReport(IReadOnlyList<UsageItem> Items, UsageTotal Total);

/// <summary>The sums of a day, a model, an owner or a key.</summary>
/// <param name="Key">What the sums are of: a day such as <c>2026-11-28</c>, or a model such as <c>provider/model</c>.</param>
/// <param name="Questions">The number of questions and completions that ended.</param>
/// <param name="PromptTokens">Tokens sent, cached ones included.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="Cost">The cost in US dollars of the calls whose cost is known; absent if there are none.</param>
public sealed record UsageItem(
    string Key,
    long Questions,
    long PromptTokens,
    long CompletionTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Cost
);

/// <summary>The sums of all items.</summary>
/// <param name="Questions">The number of questions and completions that ended.</param>
/// <param name="PromptTokens">Tokens sent, cached ones included.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="Cost">The cost in US dollars of the calls whose cost is known; absent if there are none.</param>
public sealed record UsageTotal(
    long Questions,
    long PromptTokens,
    long CompletionTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Cost
);

/// <summary>What the usage of a caller is summed by.</summary>
public enum UsageGrouping
{
    /// <summary>By day, in UTC.</summary>
    Day,

    /// <summary>By model.</summary>
    Model,
}

/// <summary>What the usage of all owners is summed by.</summary>
public enum ServiceUsageGrouping
{
    /// <summary>By day, in UTC.</summary>
    Day,

    /// <summary>By model.</summary>
    Model,

    /// <summary>By owner.</summary>
    Owner,

    /// <summary>By API key.</summary>
    Key,
}
