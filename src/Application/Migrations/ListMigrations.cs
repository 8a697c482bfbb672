using MediatR;

namespace QrAi.Application.Migrations;

/// <summary>All migrations that the program or the database knows, in their order.</summary>
public sealed record ListMigrations : IRequest<IReadOnlyList<MigrationDto>>;

internal sealed class ListMigrationsHandler(IDatabaseMigrator migrator)
    : IRequestHandler<ListMigrations, IReadOnlyList<MigrationDto>>
{
    public Task<IReadOnlyList<MigrationDto>> Handle(ListMigrations request, CancellationToken cancellationToken) =>
        migrator.ListAsync(cancellationToken);
}
