using FluentValidation;
using MediatR;

namespace QrAi.Application.Migrations;

/// <summary>Returns the steps of <see cref="Migrate"/> without performing them.</summary>
/// <param name="To">The target migration, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
public sealed record PlanMigration(string? To) : IRequest<IReadOnlyList<MigrationStep>>;

internal sealed class PlanMigrationValidator : AbstractValidator<PlanMigration>
{
    public PlanMigrationValidator() => RuleFor(request => request.To).MigrationName();
}

internal sealed class PlanMigrationHandler(IDatabaseMigrator migrator)
    : IRequestHandler<PlanMigration, IReadOnlyList<MigrationStep>>
{
    public async Task<IReadOnlyList<MigrationStep>> Handle(
        PlanMigration request,
        CancellationToken cancellationToken
    ) => MigrationPlan.Steps(await migrator.ListAsync(cancellationToken), request.To);
}
