using System.Diagnostics;
using QrAi.Infrastructure.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

public sealed class TokenCounterTests
{
    private readonly TokenCounter _counter = new();

    // The counts of OpenAI's own tokenizer for this vocabulary.
    [TestCase("", 0)]
    [TestCase("hello world", 2)]
    [TestCase("The capital of Japan is Tokyo.", 7)]
    public void Tokens_are_those_of_the_vocabulary(string text, int tokens) => _counter.Count(text).ShouldBe(tokens);

    [Test]
    public void A_long_text_without_spaces_is_counted_in_a_bounded_time()
    {
        var start = Stopwatch.GetTimestamp();

        _counter.Count(new string('a', 200_000)).ShouldBeInRange(10_000, 200_000);

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Test]
    public void Any_text_can_be_counted() => _counter.Count("日本の首都は東京です。😀\ud83d").ShouldBeGreaterThan(5);
}
