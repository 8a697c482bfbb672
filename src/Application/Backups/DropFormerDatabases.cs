using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Drops what restores have left of the service's database, when its time is over and nobody uses it.</summary>
public sealed record DropFormerDatabases : IRequest<IReadOnlyList<string>>;

internal sealed class DropFormerDatabasesHandler(
    IBackupDatabases databases,
    BackupRetention retention,
    TimeProvider clock
) : IRequestHandler<DropFormerDatabases, IReadOnlyList<string>>
{
    /// <returns>The names of those that are gone.</returns>
    public async Task<IReadOnlyList<string>> Handle(DropFormerDatabases request, CancellationToken cancellationToken)
    {
        var dropped = new List<string>();
        foreach (var former in await databases.Own.ListFormerAsync(cancellationToken))
            if (
                former.ExpiresAt(retention) <= clock.GetUtcNow()
                && await databases.Own.DropFormerAsync(former, cancellationToken)
            )
                dropped.Add(former.Name);
        return dropped;
    }
}
