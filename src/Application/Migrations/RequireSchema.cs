using MediatR;
using QrAi.Application.Errors;

namespace QrAi.Application.Migrations;

/// <summary>
/// Allows access to the database if its schema is that of the program; applies pending migrations first if the settings allow
/// it. The service does the same at its start; a verb sends this request first.
/// </summary>
public sealed record RequireSchema : IRequest;

internal sealed class RequireSchemaHandler(IDatabaseMigrator migrator, IDatabaseGate gate, MigrationOptions options)
    : IRequestHandler<RequireSchema>
{
    public async Task Handle(RequireSchema request, CancellationToken cancellationToken)
    {
        await migrator.RequireUsableAsync(cancellationToken);
        var migrations = await migrator.ListAsync(cancellationToken);
        MigrationPlan.ThrowIfNewer(migrations);
        if (migrations.DescribePending() is { } pending)
        {
            if (!options.OnStart)
                throw new SchemaOlderException(pending);
            await foreach (var _ in migrator.MigrateAsync(null, mayRevert: false, cancellationToken)) { }
        }

        gate.Open();
    }
}
