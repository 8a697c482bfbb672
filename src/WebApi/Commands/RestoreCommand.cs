using System.CommandLine;
using System.Globalization;
using MediatR;
using QrAi.Application.Backups;

namespace QrAi.WebApi.Commands;

/// <summary><c>restore</c>: replaces a database by a backup.</summary>
internal static class RestoreCommand
{
    private const string StandardInput = "-";

    public static Command Create(VerbRunner runner)
    {
        var id = new Argument<string>("ID") { Description = "The backup." };
        var into = new Option<string>("--into")
        {
            Description =
                $"Restores into this database instead of the service's; {StandardInput} reads the address from standard input, where "
                + "other users of the machine do not see its password.",
            HelpName = "DATABASE_URL",
        };
        var yes = new Option<bool>("--yes")
        {
            Description = "Replace the data of the database; it is backed up first.",
        };
        var command = new Command(
            "restore",
            "Restores a backup beside the database, compares every table with the manifest, and then puts it in the "
                + "database's place. If anything fails, nothing is changed."
        )
        {
            id,
            into,
            yes,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunAsync(
                    (sender, terminal, stop) =>
                        RestoreAsync(
                            new RestoreBackup(parsed.GetRequiredValue(id), parsed.GetValue(into), parsed.GetValue(yes)),
                            sender,
                            terminal,
                            stop
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RestoreAsync(
        RestoreBackup request,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        if (request.Into == StandardInput)
            request = request with { Into = (await terminal.ReadLineAsync(cancellationToken))?.Trim() ?? "" };
        var restored = await sender.Send(request, cancellationToken);
        if (restored.Safety is { } safety)
            await terminal.Output.WriteLineAsync($"before: {safety.Id} has what was there");
        if (restored.RetainedAs is { } kept)
            await terminal.Error.WriteLineAsync(
                $"The database was written to between that backup and the restore: the former database is kept as {kept}."
            );
        await terminal.Output.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"restored {restored.Manifest.Id} into {restored.Database}: {BackupCommand.Describe(restored.Manifest.Contents)}, all as in the manifest, {restored.Duration.TotalSeconds:0.0} s"
            )
        );
        return ExitCode.Done;
    }
}
