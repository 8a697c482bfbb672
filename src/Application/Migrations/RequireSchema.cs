using MediatR;
using QrAi.Application.Errors;

namespace QrAi.Application.Migrations;

/// <summary>
/// Allows access to the database if its schema is that of the program. The service checks the schema at its start; a verb
/// sends this request first.
/// </summary>
public sealed record RequireSchema : IRequest;

internal sealed class RequireSchemaHandler(IDatabaseMigrator migrator, IDatabaseGate gate)
    : IRequestHandler<RequireSchema>
{
    public async Task Handle(RequireSchema request, CancellationToken cancellationToken)
    {
        await migrator.RequireUsableAsync(cancellationToken);
        var migrations = await migrator.ListAsync(cancellationToken);
        MigrationPlan.ThrowIfNewer(migrations);
        if (migrations.DescribePending() is { } pending)
            throw new SchemaOlderException(pending);
        gate.Open();
    }
}
