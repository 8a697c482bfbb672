using System.CommandLine;
using MediatR;
using QrAi.Application.Migrations;

namespace QrAi.WebApi.Commands;

/// <summary><c>migrate</c>: migrates the database's schema.</summary>
internal static class MigrateCommand
{
    public static Command Create(VerbRunner runner)
    {
        var to = new Option<string>("--to")
        {
            Description = "The migration to apply or to revert to; 0 empties the schema. Without it: the last one.",
            HelpName = "NAME",
        };
        var list = new Option<bool>("--list")
        {
            Description = "Only print each migration with applied, pending or unknown.",
        };
        var script = new Option<bool>("--script") { Description = "Only print the SQL." };
        var yes = new Option<bool>("--yes")
        {
            Description = "Revert migrations without confirmation; required if standard input is not a terminal.",
        };
        var command = new Command(
            "migrate",
            "Applies the pending migrations and prints each. Concurrent runs are safe: one migrates, the others wait."
        )
        {
            to,
            list,
            script,
            yes,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(list) && (result.GetValue(script) || result.GetValue(to) is not null))
                result.AddError("--list cannot be combined with another option.");
        });
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunAsync(
                    (sender, terminal, stop) =>
                        parsed.GetValue(list) ? ListAsync(sender, terminal, stop)
                        : parsed.GetValue(script) ? ScriptAsync(parsed.GetValue(to), sender, terminal, stop)
                        : MigrateAsync(parsed.GetValue(to), parsed.GetValue(yes), sender, terminal, stop),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> ListAsync(ISender sender, Terminal terminal, CancellationToken cancellationToken)
    {
        foreach (var migration in await sender.Send(new ListMigrations(), cancellationToken))
            await terminal.Output.WriteLineAsync($"{Lower(migration.State), -7} {migration.Name}");
        return ExitCode.Done;
    }

    private static async Task<int> ScriptAsync(
        string? to,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        await terminal.Output.WriteLineAsync(await sender.Send(new ScriptMigrations(to), cancellationToken));
        return ExitCode.Done;
    }

    private static async Task<int> MigrateAsync(
        string? to,
        bool yes,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        if (to is not null && !yes)
        {
            var plan = await sender.Send(new PlanMigration(to), cancellationToken);
            var back = plan.Where(step => step.Direction == MigrationDirection.Down).ToList();
            if (back.Count > 0)
            {
                var losses = $"Reverting to {to} deletes the data of {Names(back)}.";
                if (!terminal.IsInteractive)
                {
                    await terminal.Error.WriteLineAsync($"{losses} Nothing was changed; --yes confirms it.");
                    return ExitCode.WrongUsage;
                }

                if (!await terminal.ConfirmAsync($"{losses} Go on?", cancellationToken))
                {
                    await terminal.Error.WriteLineAsync("Nothing was changed.");
                    return ExitCode.Failed;
                }

                yes = true;
            }
        }

        var steps = 0;
        await foreach (var step in sender.CreateStream(new Migrate(to, yes), cancellationToken))
        {
            steps++;
            await terminal.Output.WriteLineAsync(
                $"{(step.Direction == MigrationDirection.Up ? "applied" : "reverted")} {step.Migration}"
            );
        }

        if (steps == 0)
            await terminal.Error.WriteLineAsync("No migration was necessary.");
        return ExitCode.Done;
    }

    private static string Names(IEnumerable<MigrationStep> steps) =>
        string.Join(", ", steps.Select(step => step.Migration));

    private static string Lower(MigrationState state) => state.ToString().ToLowerInvariant();
}
