using FluentValidation;
using MediatR;

namespace QrAi.Application.Migrations;

/// <summary>Generates the SQL script of <see cref="Migrate"/> without executing it.</summary>
/// <param name="To">The target migration, or <see cref="MigrationPlan.Nothing"/>; null for the last one.</param>
public sealed record ScriptMigrations(string? To) : IRequest<string>;

internal sealed class ScriptMigrationsValidator : AbstractValidator<ScriptMigrations>
{
    public ScriptMigrationsValidator() => RuleFor(request => request.To).MigrationName();
}

internal sealed class ScriptMigrationsHandler(IDatabaseMigrator migrator) : IRequestHandler<ScriptMigrations, string>
{
    public Task<string> Handle(ScriptMigrations request, CancellationToken cancellationToken) =>
        migrator.ScriptAsync(request.To, cancellationToken);
}
