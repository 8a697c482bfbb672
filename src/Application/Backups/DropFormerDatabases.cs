using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Drops former databases that have expired and are not in use.</summary>
public sealed record DropFormerDatabases : IRequest<IReadOnlyList<string>>;

internal sealed class DropFormerDatabasesHandler(
    IBackupDatabases databases,
    BackupRetention retention,
    TimeProvider clock
) : IRequestHandler<DropFormerDatabases, IReadOnlyList<string>>
{
    /// <returns>The names of the dropped databases.</returns>
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
