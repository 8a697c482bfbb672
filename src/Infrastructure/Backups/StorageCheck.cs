using System.Globalization;
using QrAi.Application.Backups;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Files;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>A backup can be written where backups are to be kept, and there is room for one more.</summary>
internal sealed class StorageCheck(
    BackupFolder folder,
    BackupOptions options,
    TimeProvider clock,
    BlobStorage? storage = null
) : IDeploymentCheck
{
    private const double MiB = 1024 * 1024;

    /// <summary>Room for a manifest and a small database, where no backup tells how much one needs.</summary>
    private const long LeastRoom = 16 * 1024 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    public string Name => CheckNames.Storage;

    public bool IsConfigured => options.IsConfigured;

    public async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var places = new List<(string Name, Task<Finding> Finding)>
        {
            (
                "folder",
                WithinAsync(_ => Task.Run(LookAtFolder, cancellationToken), LookAtFolderSetting, cancellationToken)
            ),
        };
        if (storage is not null)
            places.Add(("container", WithinAsync(LookAtContainerAsync, LookAtContainerSetting, cancellationToken)));
        await Task.WhenAll(places.Select(place => place.Finding));

        var facts = new Dictionary<string, string>();
        var next = new List<string>();
        foreach (var (name, finding) in places)
        {
            var (seen, advice) = await finding;
            facts[name] = seen;
            if (advice is not null)
                next.Add(advice);
        }

        var detail = string.Join("; ", facts.Select(fact => $"{fact.Key} {fact.Value}"));
        return (
            next.Count == 0 ? CheckOutcome.Ok(detail) : CheckOutcome.Failed($"{detail}.", string.Join(" ", next))
        ) with
        {
            Facts = facts,
        };
    }

    private static string LookAtFolderSetting =>
        "Make the folder of BACKUP_DIRECTORY writable for this program's user, or name another.";

    private string LookAtContainerSetting =>
        options.Container?.Url is null
            ? "Look at AZURE_STORAGE_CONNECTION_STRING and BACKUP_BLOB_CONTAINER, and whether this machine may connect to it."
            : "Look at BACKUP_BLOB_CONTAINER_URL, and whether Azure's default credential has the role Storage Blob Data "
                + "Contributor there.";

    private Finding LookAtFolder()
    {
        var path = folder.FullPath;
        if (FolderProbe.FindFault(path) is { } fault)
            return new Finding($"{path} cannot be written: {fault.Reason.TrimEnd('.')}", LookAtFolderSetting);

        var free = new DriveInfo(FolderProbe.FindNearestExisting(path).FullName).AvailableFreeSpace;
        var needed = Math.Max(LeastRoom, folder.SizeOfNewest());
        var seen = string.Create(CultureInfo.InvariantCulture, $"{path} can be written, {free / MiB:0} MiB free");
        return free >= needed
            ? new Finding(seen)
            : new Finding(
                string.Create(CultureInfo.InvariantCulture, $"{seen}, and a backup needs {needed / MiB:0} MiB"),
                "Make room: prune with a shorter BACKUP_RETENTION, or name a larger disk in BACKUP_DIRECTORY."
            );
    }

    private async Task<Finding> LookAtContainerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage!.ProbeAsync(cancellationToken);
            return new Finding($"{options.Container} can be written, read and deleted from");
        }
        catch (BackupFailedException exception)
        {
            return new Finding($"fails: {exception.Message.TrimEnd('.')}", LookAtContainerSetting);
        }
    }

    /// <summary>Gives up after a while: a file system that hangs cannot be told to stop.</summary>
    private async Task<Finding> WithinAsync(
        Func<CancellationToken, Task<Finding>> look,
        string next,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(LongestWait, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await look(stop.Token).WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new Finding(
                string.Create(CultureInfo.InvariantCulture, $"did not answer within {LongestWait.TotalSeconds:0} s"),
                next
            );
        }
    }

    /// <param name="Seen">What was seen of a place.</param>
    /// <param name="Next">What to do about it; null if nothing is wrong.</param>
    private sealed record Finding(string Seen, string? Next = null);
}
