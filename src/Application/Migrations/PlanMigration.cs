using FluentValidation;
using MediatR;

namespace QrAi.Application.Migrations;

/// <summary>What <see cref="Migrate"/> would do now; nothing is changed.</summary>
/// <param name="To">The migration to go to, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
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
