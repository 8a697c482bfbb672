using QrAi.Application.Usage;

namespace QrAi.Tests.Unit.Application.Usage;

public sealed class ModelPricesTests
{
    private static readonly ModelPrices _prices = new(
        new Dictionary<string, ModelPrice>
        {
            ["openrouter/openai/gpt-5-mini"] = new(0.25m, 0.025m, 2),
            ["openrouter/uncached"] = new(0.1m, null, 0.3m),
            ["openrouter/embed"] = new(0.02m, null, null),
        }
    );

    [Test]
    public void Cached_tokens_have_their_own_price() =>
        // 40 × 0.25 + 60 × 0.025 + 7 × 2, per million
        _prices.CostOf("openrouter", "openai/gpt-5-mini", 100, 60, 7).ShouldBe(0.0000255m);

    [Test]
    public void Without_a_price_of_their_own_cached_tokens_cost_as_the_others() =>
        _prices.CostOf("openrouter", "uncached", 100, 60, 10).ShouldBe(0.000013m);

    [Test]
    public void The_same_model_of_another_provider_has_no_price() =>
        _prices.CostOf("google-ai", "openai/gpt-5-mini", 100, 0, 7).ShouldBeNull();

    [Test]
    public void A_model_without_a_price_of_output_has_a_cost_only_without_output()
    {
        _prices.CostOf("openrouter", "embed", 1_000_000, 0, 0).ShouldBe(0.02m);
        _prices.CostOf("openrouter", "embed", 1_000_000, 0, 1).ShouldBeNull();
    }

    [Test]
    public void The_largest_numbers_do_not_overflow() =>
        new ModelPrices(new Dictionary<string, ModelPrice> { ["a/b"] = new(1_000_000, null, 1_000_000) })
            .CostOf("a", "b", int.MaxValue / 2, 0, int.MaxValue / 2)
            .ShouldBe(int.MaxValue / 2 * 2L);
}
