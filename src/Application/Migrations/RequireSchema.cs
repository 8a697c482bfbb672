using MediatR;
using QrAi.Application.Errors;

namespace QrAi.Application.Migrations;

/// <summary>
/// Lets what follows use the database, if its schema is this program's. The service finds that out at its start; whoever
/// works without one, such as a verb, asks first.
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
