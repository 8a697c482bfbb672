using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;

namespace QrAi.Application.Usage;

/// <summary>Sums what calls of providers on behalf of all owners used. It is for operators.</summary>
/// <param name="From">The first day, in UTC; null for 30 days in all.</param>
/// <param name="To">The last day, in UTC; null for today.</param>
/// <param name="By">What to sum by.</param>
public sealed record ReportUsage(DateOnly? From, DateOnly? To, ServiceUsageGrouping By)
    : IRequest<UsageReport>,
        IUsagePeriod;

internal sealed class ReportUsageValidator : AbstractValidator<ReportUsage>
{
    public ReportUsageValidator(TimeProvider clock)
    {
        Include(new UsagePeriodValidator(clock));
        RuleFor(request => request.By).IsInEnum();
    }
}

internal sealed class ReportUsageHandler(IQrAiDbContextFactory databases, TimeProvider clock)
    : IRequestHandler<ReportUsage, UsageReport>
{
    private static readonly string[] _ownerFilter = [IQrAiDbContext.OwnerFilter];

    public async Task<UsageReport> Handle(ReportUsage request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateForService();
        return await UsageSums.ReadAsync(
            database.UsageDays.IgnoreQueryFilters(_ownerFilter),
            database.UsageRecords.IgnoreQueryFilters(_ownerFilter),
            UsagePeriod.Of(request, clock),
            request.By,
            cancellationToken
        );
    }
}
