using System.Globalization;
using QrAi.Application.Backups;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Files;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>Checks that the places of backups are writable, and have room for one more backup.</summary>
internal sealed class StorageCheck(
    BackupFolder folder,
    BackupOptions options,
    TimeProvider clock,
    BlobStorage? storage = null
) : IDeploymentCheck
{
    private const double MiB = 1024 * 1024;

    /// <summary>The required space in bytes without a backup to compare: a manifest and a small database.</summary>
    private const long MinSpace = 16 * 1024 * 1024;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(15);

    public string Name => CheckNames.Storage;

    public bool IsConfigured => options.IsConfigured;

    public async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var places = new List<(string Name, Task<Finding> Finding)>
        {
            ("folder", WithinAsync(_ => Task.Run(CheckFolder, cancellationToken), FolderAdvice, cancellationToken)),
        };
        if (storage is not null)
            places.Add(("container", WithinAsync(CheckContainerAsync, ContainerAdvice, cancellationToken)));
        await Task.WhenAll(places.Select(place => place.Finding));

        var facts = new Dictionary<string, string>();
        var steps = new List<string>();
        foreach (var (name, finding) in places)
        {
            var (seen, advice) = await finding;
            facts[name] = seen;
            if (advice is not null)
                steps.Add(advice);
        }

        var detail = string.Join("; ", facts.Select(fact => $"{fact.Key} {fact.Value}"));
        return (
            steps.Count == 0 ? CheckOutcome.Ok(detail) : CheckOutcome.Failed($"{detail}.", string.Join(" ", steps))
        ) with
        {
            Facts = facts,
        };
    }

    private static string FolderAdvice =>
        "Make the folder of BACKUP_DIRECTORY writable for this program's user, or name another.";

    private string ContainerAdvice =>
        options.Container?.Url is null
            ? "Look at AZURE_STORAGE_CONNECTION_STRING and BACKUP_BLOB_CONTAINER, and whether this machine may connect to it."
            : "Look at BACKUP_BLOB_CONTAINER_URL, and whether Azure's default credential has the role Storage Blob Data "
                + "Contributor there.";

    private Finding CheckFolder()
    {
        var path = folder.FullPath;
        if (FolderProbe.FindFault(path) is { } fault)
            return new Finding($"{path} cannot be written: {fault.Reason.TrimEnd('.')}", FolderAdvice);

        var free = new DriveInfo(FolderProbe.FindNearestExisting(path).FullName).AvailableFreeSpace;
        var needed = Math.Max(MinSpace, folder.SizeOfNewest());
        var seen = string.Create(CultureInfo.InvariantCulture, $"{path} can be written, {free / MiB:0} MiB free");
        return free >= needed
            ? new Finding(seen)
            : new Finding(
                string.Create(CultureInfo.InvariantCulture, $"{seen}, and a backup needs {needed / MiB:0} MiB"),
                "Make room: prune with a shorter BACKUP_RETENTION, or name a larger disk in BACKUP_DIRECTORY."
            );
    }

    private async Task<Finding> CheckContainerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await storage!.ProbeAsync(cancellationToken);
            return new Finding($"{options.Container} can be written, read and deleted from");
        }
        catch (BackupFailedException exception)
        {
            return new Finding($"fails: {exception.Message.TrimEnd('.')}", ContainerAdvice);
        }
    }

    /// <summary>Limits the wait: an access to a file system that hangs cannot be cancelled.</summary>
    private async Task<Finding> WithinAsync(
        Func<CancellationToken, Task<Finding>> look,
        string advice,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(MaxWait, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await look(stop.Token).WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new Finding(
                string.Create(CultureInfo.InvariantCulture, $"did not answer within {MaxWait.TotalSeconds:0} s"),
                advice
            );
        }
    }

    /// <param name="Seen">The state of a place.</param>
    /// <param name="Advice">What to do about it; null if nothing is wrong.</param>
    private sealed record Finding(string Seen, string? Advice = null);
}
