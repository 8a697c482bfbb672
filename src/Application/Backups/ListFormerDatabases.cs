using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Lists what restores have left of the service's database.</summary>
public sealed record ListFormerDatabases : IRequest<IReadOnlyList<KeptDatabase>>;

/// <summary>A former database, and how long it stays.</summary>
/// <param name="Former">The database.</param>
/// <param name="ExpiresAt">From when on <see cref="DropFormerDatabases"/> drops it; null for never.</param>
public sealed record KeptDatabase(FormerDatabase Former, DateTimeOffset? ExpiresAt);

internal sealed class ListFormerDatabasesHandler(IBackupDatabases databases, BackupRetention retention)
    : IRequestHandler<ListFormerDatabases, IReadOnlyList<KeptDatabase>>
{
    public async Task<IReadOnlyList<KeptDatabase>> Handle(
        ListFormerDatabases request,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await databases.Own.ListFormerAsync(cancellationToken)).Select(former => new KeptDatabase(
                former,
                former.ExpiresAt(retention)
            )),
        ];
}
