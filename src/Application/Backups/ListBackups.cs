using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Lists all backups, newest first.</summary>
public sealed record ListBackups : IRequest<ArchiveListing>;

internal sealed class ListBackupsHandler(IBackupArchive archive) : IRequestHandler<ListBackups, ArchiveListing>
{
    public Task<ArchiveListing> Handle(ListBackups request, CancellationToken cancellationToken) =>
        archive.ListAsync(cancellationToken);
}
