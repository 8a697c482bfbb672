using System.CommandLine;
using System.Globalization;
using MediatR;
using QrAi.Application.Backups;

namespace QrAi.WebApi.Commands;

/// <summary><c>backup</c>: creates, verifies and prunes backups.</summary>
internal static class BackupCommand
{
    public static Command Create(VerbRunner runner)
    {
        var id = new Argument<string?>("ID")
        {
            Description = "The backup; without it the newest one.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verify = new Command(
            "verify",
            "Restores a backup into a scratch database, compares every table with the manifest, and records the outcome."
        )
        {
            id,
        };
        verify.SetAction(
            (parsed, cancellationToken) =>
                runner.RunAsync(
                    (sender, terminal, stop) => VerifyAsync(parsed.GetValue(id), sender, terminal, stop),
                    cancellationToken
                )
        );
        var schedule = new Command("schedule", "Keeps running, and runs create, verify and prune by BACKUP_SCHEDULE.");
        schedule.SetAction((_, cancellationToken) => runner.RunJobsAsync(cancellationToken));
        return new Command("backup", "Creates, lists, verifies and prunes backups of the database.")
        {
            Verb(runner, "create", "Creates a backup, and uploads it if a blob container is configured.", CreateAsync),
            Verb(runner, "list", "Prints each backup: id, size, places, verification.", ListAsync),
            verify,
            Verb(
                runner,
                "prune",
                "Removes backups and former databases that BACKUP_RETENTION has expired; never the last verified backup.",
                PruneAsync
            ),
            schedule,
        };
    }

    private static Command Verb(
        VerbRunner runner,
        string name,
        string description,
        Func<ISender, Terminal, CancellationToken, Task<int>> work
    )
    {
        var command = new Command(name, description);
        command.SetAction((_, cancellationToken) => runner.RunAsync(work, cancellationToken));
        return command;
    }

    private static async Task<int> CreateAsync(ISender sender, Terminal terminal, CancellationToken cancellationToken)
    {
        var backup = await sender.Send(new CreateBackup(), cancellationToken);
        await terminal.Output.WriteLineAsync(Line(backup));
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(ISender sender, Terminal terminal, CancellationToken cancellationToken)
    {
        var listing = await sender.Send(new ListBackups(), cancellationToken);
        foreach (var backup in listing.Backups)
            if (backup.Damage is null)
                await terminal.Output.WriteLineAsync(Line(backup));
            else
                await terminal.Error.WriteLineAsync($"{backup.Id} is damaged. {backup.Damage}");
        foreach (var problem in listing.Unreadable)
            await terminal.Error.WriteLineAsync(problem);
        await ListFormerAsync(sender, terminal, cancellationToken);
        if (listing.StorageProblem is not { } storageProblem)
            return ExitCode.Done;

        await terminal.Error.WriteLineAsync($"{storageProblem} Only the backups in the folder are listed.");
        return ExitCode.Failed;
    }

    private static async Task<int> VerifyAsync(
        string? id,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var backup = await sender.Send(new VerifyBackup(id), cancellationToken);
        await terminal.Output.WriteLineAsync(
            $"verified {backup.Id}: {Describe(backup.Manifest.Contents)}, all as in the manifest"
        );
        return ExitCode.Done;
    }

    private static async Task<int> PruneAsync(ISender sender, Terminal terminal, CancellationToken cancellationToken)
    {
        var pruned = await sender.Send(new PruneBackups(), cancellationToken);
        foreach (var id in pruned.Removed)
            await terminal.Output.WriteLineAsync($"removed {id}");
        await terminal.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{pruned.Removed.Count} removed, {pruned.Kept} kept.")
        );
        foreach (var name in await sender.Send(new DropFormerDatabases(), cancellationToken))
            await terminal.Output.WriteLineAsync($"dropped {name}");
        return ExitCode.Done;
    }

    /// <summary>Lists former databases as problems. An unavailable database does not fail the listing.</summary>
    private static async Task ListFormerAsync(ISender sender, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (former, expiresAt) in await sender.Send(new ListFormerDatabases(), cancellationToken))
                await terminal.Error.WriteLineAsync(
                    expiresAt is null
                        ? $"{former.Name} was left by a restore at an unknown time: drop it when it is not needed."
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{former.Name} has the data from before the restore at {former.ReplacedAt:u}; backup prune drops it after {expiresAt:u}."
                        )
                );
        }
        catch (BackupFailedException exception)
        {
            await terminal.Error.WriteLineAsync($"Former databases could not be listed. {exception.Message}");
        }
    }

    /// <summary>Describes the numbers of tables and rows.</summary>
    internal static string Describe(DatabaseContents contents) =>
        string.Create(CultureInfo.InvariantCulture, $"{contents.Tables.Count} tables, {contents.Rows} rows");

    private static string Line(StoredBackup backup) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{backup.Id}  {backup.Manifest.Size, 12}  {Where(backup.Places), -11}  {State(backup.Manifest)}"
        );

    private static string Where(BackupPlaces places) =>
        string.Join(
            '+',
            Enum.GetValues<BackupPlaces>()
                .Where(place => place != BackupPlaces.None && places.HasFlag(place))
                .Select(place => place.ToString().ToLowerInvariant())
        );

    private static string State(BackupManifest manifest)
    {
        var state = manifest.Verification switch
        {
            null => "unverified",
            { Difference: null, At: var at } => string.Create(CultureInfo.InvariantCulture, $"verified {at:u}"),
            { Difference: var difference, At: var at } => string.Create(
                CultureInfo.InvariantCulture,
                $"FAILED {at:u} {difference}"
            ),
        };
        return manifest.Purpose == BackupPurpose.Safety ? $"{state} (before a restore)" : state;
    }
}
