using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Models;

public sealed class UsageDetailsConversionTests
{
    [Test]
    public void A_total_that_is_omitted_is_the_sum() =>
        new UsageDetails { InputTokenCount = 5, OutputTokenCount = 3 }
            .ToTokenUsage()
            .ShouldBe(new TokenUsage(5, 3, 8));

    [Test]
    public void A_total_that_is_given_is_used() =>
        new UsageDetails
        {
            InputTokenCount = 5,
            OutputTokenCount = 3,
            TotalTokenCount = 20,
        }
            .ToTokenUsage()
            .ShouldBe(new TokenUsage(5, 3, 20));

    [Test]
    public void Counts_out_of_range_are_clamped() =>
        new UsageDetails { InputTokenCount = -1, OutputTokenCount = long.MaxValue }
            .ToTokenUsage()
            .ShouldBe(new TokenUsage(0, int.MaxValue / 2, int.MaxValue / 2));
}
