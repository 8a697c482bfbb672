using MediatR;

namespace QrAi.Application.Migrations;

/// <summary>Lists all migrations of the program and the database, in order.</summary>
public sealed record ListMigrations : IRequest<IReadOnlyList<MigrationDto>>;

internal sealed class ListMigrationsHandler(IDatabaseMigrator migrator)
    : IRequestHandler<ListMigrations, IReadOnlyList<MigrationDto>>
{
    public Task<IReadOnlyList<MigrationDto>> Handle(ListMigrations request, CancellationToken cancellationToken) =>
        migrator.ListAsync(cancellationToken);
}
