using FluentValidation;
using MediatR;

namespace QrAi.Application.Migrations;

/// <summary>Goes to a migration, and tells each step when it is done.</summary>
/// <param name="To">The migration to go to, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
/// <param name="MayRevert">Whether it may go backwards, which loses what the reverted migrations hold.</param>
public sealed record Migrate(string? To, bool MayRevert) : IStreamRequest<MigrationStep>;

internal sealed class MigrateValidator : AbstractValidator<Migrate>
{
    public MigrateValidator() => RuleFor(request => request.To).MigrationName();
}

internal sealed class MigrateHandler(IDatabaseMigrator migrator) : IStreamRequestHandler<Migrate, MigrationStep>
{
    public IAsyncEnumerable<MigrationStep> Handle(Migrate request, CancellationToken cancellationToken) =>
        migrator.MigrateAsync(request.To, request.MayRevert, cancellationToken);
}
