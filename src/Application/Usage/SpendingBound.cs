using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Search;
using QrAi.Domain.Callers;
using QrAi.Domain.Usage;

namespace QrAi.Application.Usage;

/// <summary>Determines the most that an answer may use.</summary>
internal sealed class SpendingBound(ITokenCounter counter, ModelPrices prices, GenerationOptions options)
{
    /// <summary>The tokens of an answer whose caller names no maximum.</summary>
    public const int MaxAnswerTokens = 8_192;

    private const int TokensOfPassage = 700;
    private const int TokensOfMessage = 4;

    /// <summary>The time after which a price may be known, for callers that only repeat.</summary>
    private static readonly TimeSpan PriceWait = TimeSpan.FromHours(1);

    /// <summary>Counts the tokens of a prompt, with the earlier messages and the passages that it may have.</summary>
    /// <param name="database">The unit of work of the owner.</param>
    /// <param name="demand">What will be asked for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<long> CountPromptAsync(
        IQrAiDbContext database,
        SpendingDemand demand,
        CancellationToken cancellationToken
    )
    {
        var texts = demand.Texts.ToList();
        if (demand.SessionId is { } session)
            texts.AddRange(
                await database
                    .Messages.Where(message => message.SessionId == session)
                    .OrderByDescending(message => message.Number)
                    .Take(options.HistoryTurns * 2)
                    .Select(message => message.Content)
                    .ToListAsync(cancellationToken)
            );
        var tokens = texts.Sum(text => (long)counter.Count(text) + TokensOfMessage);
        if (
            demand.MayHaveSources
            && await database.IndexSegments.AnyAsync(segment => segment.Kind == IndexKind.Documents, cancellationToken)
        )
            tokens += (long)options.Passages * TokensOfPassage;
        return tokens;
    }

    /// <summary>Returns the highest price of the models that may be called.</summary>
    /// <param name="demand">What will be asked for.</param>
    /// <param name="limits">The limits of the key.</param>
    /// <exception cref="BudgetExhaustedException">If a limit in dollars needs a price that nobody knows.</exception>
    public TokenPrice PriceOf(SpendingDemand demand, IReadOnlyList<LimitState> limits)
    {
        if (limits.All(state => state.Limit.Unit == SpendingUnit.Tokens))
            return default;
        var highest = default(TokenPrice);
        foreach (var model in demand.Models)
            if (prices.Find(model.Provider, model.Model) is { } price)
                highest = highest.Or(price);
            else if (model.Provider is not (ModelProviderNames.OpenRouter or ModelProviderNames.Offline))
                throw new BudgetExhaustedException(
                    $"The API key has a limit in dollars, and the price of {model.Name} is not known.",
                    PriceWait
                );
        return highest;
    }
}

/// <summary>What will be asked for.</summary>
/// <param name="Models">The models that may be called. OpenRouter reports its costs, and the offline provider has none.</param>
/// <param name="Texts">The texts of the prompt that are known.</param>
/// <param name="SessionId">The session whose messages are sent too; null for none.</param>
/// <param name="MayHaveSources">Whether passages of documents may be sent.</param>
/// <param name="MaxTokens">The maximum number of tokens of the answer; null if the caller names none.</param>
internal sealed record SpendingDemand(
    IReadOnlyCollection<ConfiguredModel> Models,
    IEnumerable<string> Texts,
    Guid? SessionId,
    bool MayHaveSources,
    int? MaxTokens
);

/// <summary>The price of tokens, in <see cref="Picodollars"/> each.</summary>
/// <param name="Input">A token that is sent.</param>
/// <param name="Output">A token that is received.</param>
internal readonly record struct TokenPrice(long Input, long Output)
{
    private const decimal TokensOfPrice = 1_000_000;

    /// <summary>Returns the cost of tokens.</summary>
    public long CostOf(long prompt, long completion) => (prompt * Input) + (completion * Output);

    /// <summary>Returns the higher prices of both.</summary>
    public TokenPrice Or(ModelPrice price) =>
        new(Math.Max(Input, OfToken(price.Input)), Math.Max(Output, OfToken(price.Output ?? 0)));

    private static long OfToken(decimal price) => (long)Math.Ceiling(price * Picodollars.PerDollar / TokensOfPrice);
}
