using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Models;

public sealed class UsageDetailsConversionTests
{
    [Test]
    public void A_total_that_is_left_out_is_the_sum() =>
        new UsageDetails { InputTokenCount = 5, OutputTokenCount = 3 }
            .ToTokenUsage()
            .ShouldBe(new TokenUsage(5, 3, 8));

    [Test]
    public void A_total_that_is_told_is_kept() =>
        new UsageDetails
        {
            InputTokenCount = 5,
            OutputTokenCount = 3,
            TotalTokenCount = 20,
        }
            .ToTokenUsage()
            .ShouldBe(new TokenUsage(5, 3, 20));

    [Test]
    public void Counts_that_can_not_be_are_the_nearest_that_can() =>
        new UsageDetails { InputTokenCount = -1, OutputTokenCount = long.MaxValue }
            .ToTokenUsage()
            .ShouldBe(new TokenUsage(0, int.MaxValue / 2, int.MaxValue / 2));
}
