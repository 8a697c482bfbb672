using System.CommandLine;
using System.Globalization;
using MediatR;
using QrAi.Application.OwnerData;

namespace QrAi.WebApi.Commands;

/// <summary><c>owners</c>: exports and erases everything that belongs to an owner.</summary>
internal static class OwnersCommand
{
    private const string StandardOutput = "-";

    public static Command Create(VerbRunner runner) =>
        new("owners", "Exports and erases everything that belongs to an owner.")
        {
            ExportVerb(runner),
            EraseVerb(runner),
        };

    private static Argument<string> OwnerArgument() =>
        new("OWNER") { Description = "The owner, as keys list prints it." };

    private static Command ExportVerb(VerbRunner runner)
    {
        var owner = OwnerArgument();
        var to = new Option<string?>("--to")
        {
            Description =
                $"The file; {StandardOutput} is standard output. Without it a file in the working directory with the owner and the date.",
            HelpName = "FILE",
        };
        var command = new Command(
            "export",
            "Writes sessions, messages, documents with their files, keys without secrets and usage, as they are at one moment, to a zip "
                + "archive of JSON lines and files."
        )
        {
            owner,
            to,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    (sender, terminal, stop) =>
                        ExportAsync(
                            parsed.GetRequiredValue(owner),
                            parsed.GetValue(to),
                            sender.CreateStream(new ExportOwner(), stop),
                            terminal,
                            stop
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static Command EraseVerb(VerbRunner runner)
    {
        var owner = OwnerArgument();
        var yes = new Option<bool>("--yes")
        {
            Description = "Erase without confirmation; required if standard input is not a terminal.",
        };
        var keepUsage = new Option<bool>("--keep-usage")
        {
            Description = "Keep what calls of providers used, without the name of the owner.",
        };
        var command = new Command(
            "erase",
            "Deletes sessions, messages, documents, keys and everything else of an owner, and proves that no table names it."
        )
        {
            owner,
            yes,
            keepUsage,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    (sender, terminal, stop) =>
                        EraseAsync(
                            parsed.GetRequiredValue(owner),
                            new EraseOwner(parsed.GetValue(keepUsage)),
                            parsed.GetValue(yes),
                            sender,
                            terminal,
                            stop
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> EraseAsync(
        string owner,
        EraseOwner request,
        bool yes,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        if (!yes)
        {
            var loss = $"This deletes everything of the owner '{owner}'.";
            if (!terminal.IsInteractive)
            {
                await terminal.Error.WriteLineAsync($"{loss} Nothing was changed; --yes confirms it.");
                return ExitCode.WrongUsage;
            }

            if (!await terminal.ConfirmAsync($"{loss} Go on?", cancellationToken))
            {
                await terminal.Error.WriteLineAsync("Nothing was changed.");
                return ExitCode.Failed;
            }
        }

        var erased = await sender.Send(request, cancellationToken);
        await terminal.Output.WriteLineAsync(
            $"erased {owner}: {Describe(erased.Before.Where(rows => rows.Count > 0))}"
        );
        if (erased.CanReturn)
            await terminal.Error.WriteLineAsync(
                "Callers of this owner need no key, and can add data again: withdraw their access where they have it from."
            );
        if (erased.Left.Count > 0)
        {
            await terminal.Error.WriteLineAsync(
                $"Left are {Describe(erased.Left)}, which were added meanwhile. Stop what adds them, and erase again."
            );
            return ExitCode.Failed;
        }

        await terminal.Output.WriteLineAsync($"verified: none of {erased.Before.Count} tables names {owner}");
        await terminal.Output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Backups have the data until they are pruned: with BACKUP_RETENTION={erased.BackupRetention} until {erased.BackedUpUntil:yyyy-MM-dd}."
            )
        );
        return ExitCode.Done;
    }

    private static async Task<int> ExportAsync(
        string owner,
        string? to,
        IAsyncEnumerable<ExportPart> parts,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var path = to ?? DefaultFile(owner);
        try
        {
            if (path == StandardOutput)
            {
                await using var output = terminal.OpenOutput();
                var written = await ExportArchive.WriteAsync(parts, output, cancellationToken);
                await terminal.Error.WriteLineAsync($"exported {owner}: {Describe(written)}");
            }
            else
            {
                var written = await WriteFileAsync(path, parts, cancellationToken);
                await terminal.Output.WriteLineAsync($"exported {owner} to {path}: {Describe(written)}");
            }

            return ExitCode.Done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await terminal.Error.WriteLineAsync($"{path} cannot be written: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Writes the file beside its place, so that what has its name is complete.</summary>
    private static async Task<IReadOnlyList<(string Path, long Lines)>> WriteFileAsync(
        string path,
        IAsyncEnumerable<ExportPart> parts,
        CancellationToken cancellationToken
    )
    {
        var partial = path + ".partial";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(partial); // of an export that was killed; it may have other permissions
        try
        {
            IReadOnlyList<(string Path, long Lines)> written;
            await using (var file = new FileStream(partial, options))
            {
                written = await ExportArchive.WriteAsync(parts, file, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
            return written;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static string DefaultFile(string owner) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{SafeFileName.Of(owner)}-{TimeProvider.System.GetUtcNow():yyyyMMdd}.zip"
        );

    private static string Describe(IEnumerable<(string Path, long Lines)> written) =>
        string.Join(
            ", ",
            written.Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"{one.Lines} {Path.GetFileNameWithoutExtension(one.Path)}")
            )
        );

    private static string Describe(IEnumerable<OwnedRows> tables) =>
        string.Join(
            ", ",
            tables.Select(rows => string.Create(CultureInfo.InvariantCulture, $"{rows.Count} {rows.Table}"))
        );
}
