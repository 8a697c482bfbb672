namespace QrAi.Application.Usage;

/// <summary>The prices of models, which the operator sets.</summary>
/// <param name="prices">The prices by <c>provider/model</c>.</param>
public sealed class ModelPrices(IReadOnlyDictionary<string, ModelPrice> prices)
{
    private const decimal TokensOfPrice = 1_000_000;

    /// <summary>No prices.</summary>
    public static ModelPrices None { get; } = new(new Dictionary<string, ModelPrice>());

    /// <summary>The number of models.</summary>
    public int Count => prices.Count;

    /// <summary>Returns the price of a model; null if it is unknown.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="model">The model of the provider.</param>
    public ModelPrice? Find(string provider, string model) => prices.GetValueOrDefault($"{provider}/{model}");

    /// <summary>Returns the cost of a call in US dollars; null if the price is unknown.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="model">The model of the provider.</param>
    /// <param name="prompt">The tokens that were sent, cached ones included.</param>
    /// <param name="cached">Those of the tokens sent that were read from the cache.</param>
    /// <param name="completion">The tokens that were received.</param>
    public decimal? CostOf(string provider, string model, int prompt, int cached, int completion)
    {
        if (Find(provider, model) is not { } price || completion > 0 && price.Output is null)
            return null;
        return (
                (prompt - cached) * price.Input
                + cached * (price.CachedInput ?? price.Input)
                + completion * (price.Output ?? 0)
            ) / TokensOfPrice;
    }
}

/// <summary>The price of a model, in US dollars per million tokens.</summary>
/// <param name="Input">The price of tokens that are sent.</param>
/// <param name="CachedInput">That of tokens that the provider reads from its cache; null for the same.</param>
/// <param name="Output">That of tokens that are received; null for a model without any, as of embeddings.</param>
public sealed record ModelPrice(decimal Input, decimal? CachedInput, decimal? Output);
