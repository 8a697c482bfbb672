using FluentValidation;
using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Persistence;

namespace QrAi.Application.Usage;

/// <summary>Sums what calls of providers on behalf of the caller's owner used.</summary>
/// <param name="From">The first day, in UTC; null for 30 days in all.</param>
/// <param name="To">The last day, in UTC; null for today.</param>
/// <param name="By">What to sum by.</param>
public sealed record GetUsage(DateOnly? From, DateOnly? To, UsageGrouping By) : IRequest<UsageReport>, IUsagePeriod;

internal sealed class GetUsageValidator : AbstractValidator<GetUsage>
{
    public GetUsageValidator(TimeProvider clock)
    {
        Include(new UsagePeriodValidator(clock));
        RuleFor(request => request.By).IsInEnum();
    }
}

internal sealed class GetUsageHandler(IQrAiDbContextFactory databases, CurrentCaller caller, TimeProvider clock)
    : IRequestHandler<GetUsage, UsageReport>
{
    public async Task<UsageReport> Handle(GetUsage request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        return await UsageSums.ReadAsync(
            database.UsageDays,
            database.UsageRecords,
            UsagePeriod.Of(request, clock),
            request.By switch
            {
                UsageGrouping.Day => ServiceUsageGrouping.Day,
                UsageGrouping.Model => ServiceUsageGrouping.Model,
                _ => throw new ArgumentOutOfRangeException(nameof(request)),
            },
            cancellationToken
        );
    }
}
