using QrAi.Application.Usage;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class UsageOptionsTests
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"qrai-{Guid.CreateVersion7():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_file);

    [Test]
    public void There_are_no_prices_by_default() => Read().Usage.Prices.Count.ShouldBe(0);

    [Test]
    public void Prices_are_read_exactly()
    {
        File.WriteAllText(
            _file,
            """{"openrouter/openai/gpt-5-mini":{"input":0.25,"cachedInput":2.5e-2,"output":2},"ollama/embed":{"input":0}}"""
        );

        var prices = Read(("MODEL_PRICES", _file)).Usage.Prices;

        prices.Count.ShouldBe(2);
        prices.Find("openrouter", "openai/gpt-5-mini").ShouldBe(new ModelPrice(0.25m, 0.025m, 2));
        prices.Find("ollama", "embed").ShouldBe(new ModelPrice(0, null, null));
    }

    [TestCase("""{"a/b":{"input":-1}}""", "a/b: input must be a number from 0 to 1000000")]
    [TestCase("""{"a/b":{"input":1000001}}""", "a/b: input must be a number from 0 to 1000000")]
    [TestCase("""{"a/b":{"input":1e99}}""", "a/b: input must be a number")]
    [TestCase("""{"a/b":{"input":"1"}}""", "a/b: input must be a number")]
    [TestCase("""{"a/b":{"input":1,"output":null}}""", "a/b: output must be a number")]
    [TestCase("""{"a/b":{"output":1}}""", "a/b: input is required")]
    [TestCase("""{"a/b":{"input":1,"Output":1}}""", "a/b: has the unknown member Output")]
    [TestCase("""{"a/b":1}""", "a/b: must be an object")]
    [TestCase("""{"b":{"input":1}}""", "b: must be named provider/model")]
    [TestCase("""{"/b":{"input":1}}""", "/b: must be named provider/model")]
    [TestCase("""{"a/b":{"input":1},"a/b":{"input":2}}""", "must be valid JSON without duplicate members")]
    [TestCase("""{"a/b":{"input":1}""", "must be valid JSON")]
    [TestCase("""[]""", "must be a JSON object")]
    [TestCase("", "must be valid JSON")]
    public void A_mistake_is_reported_with_the_file_the_model_and_the_rule(string json, string problem)
    {
        File.WriteAllText(_file, json);

        Problems(("MODEL_PRICES", _file)).ShouldHaveSingleItem().ShouldStartWith($"MODEL_PRICES: {_file}: {problem}");
    }

    [Test]
    public void A_file_that_is_missing_is_reported() =>
        Problems(("MODEL_PRICES", _file))
            .ShouldHaveSingleItem()
            .ShouldStartWith($"MODEL_PRICES: must be a JSON file that can be read; {_file} cannot");
}
