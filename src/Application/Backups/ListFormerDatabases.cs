using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Lists the former databases that restores have replaced.</summary>
public sealed record ListFormerDatabases : IRequest<IReadOnlyList<RetainedDatabase>>;

/// <summary>A former database and its expiry.</summary>
/// <param name="Former">The database.</param>
/// <param name="ExpiresAt">The time from which <see cref="DropFormerDatabases"/> drops it; null for never.</param>
public sealed record RetainedDatabase(FormerDatabase Former, DateTimeOffset? ExpiresAt);

internal sealed class ListFormerDatabasesHandler(IBackupDatabases databases, BackupRetention retention)
    : IRequestHandler<ListFormerDatabases, IReadOnlyList<RetainedDatabase>>
{
    public async Task<IReadOnlyList<RetainedDatabase>> Handle(
        ListFormerDatabases request,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await databases.Own.ListFormerAsync(cancellationToken)).Select(former => new RetainedDatabase(
                former,
                former.ExpiresAt(retention)
            )),
        ];
}
