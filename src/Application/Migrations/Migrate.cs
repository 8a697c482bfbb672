using FluentValidation;
using MediatR;

namespace QrAi.Application.Migrations;

/// <summary>Migrates the database, and streams each step when it is completed.</summary>
/// <param name="To">The target migration, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
/// <param name="MayRevert">Whether migrations may be reverted, which deletes their data.</param>
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
