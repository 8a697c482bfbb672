using FluentValidation;

namespace QrAi.Application.Usage;

/// <summary>A request for the usage of some days.</summary>
internal interface IUsagePeriod
{
    /// <summary>The first day, in UTC; null for 30 days in all.</summary>
    DateOnly? From { get; }

    /// <summary>The last day, in UTC; null for today.</summary>
    DateOnly? To { get; }
}

/// <summary>The days of a report.</summary>
/// <param name="From">The first day, in UTC.</param>
/// <param name="To">The last day, in UTC.</param>
internal readonly record struct UsagePeriod(DateOnly From, DateOnly To)
{
    private const int DefaultDays = 30;

    /// <summary>Returns the days of a request.</summary>
    public static UsagePeriod Of(IUsagePeriod request, TimeProvider clock)
    {
        var to = request.To ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return new UsagePeriod(request.From ?? DateOnly.FromDayNumber(Math.Max(to.DayNumber - DefaultDays + 1, 0)), to);
    }
}

internal sealed class UsagePeriodValidator : AbstractValidator<IUsagePeriod>
{
    public UsagePeriodValidator(TimeProvider clock) =>
        RuleFor(request => request.From)
            .Must((request, _) => UsagePeriod.Of(request, clock) is var period && period.From <= period.To)
            .WithMessage("must not be after to, which is today unless it is given");
}
