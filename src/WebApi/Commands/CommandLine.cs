using System.CommandLine;

namespace QrAi.WebApi.Commands;

/// <summary>
/// The verbs of the program. A verb is called by its exact name as the first argument. Any other command line starts
/// the service, and belongs to ASP.NET Core.
/// </summary>
internal sealed class CommandLine
{
    // The service needs no verbs.
    private readonly Lazy<RootCommand> _root;
    private readonly Terminal _terminal;

    /// <summary>Creates the command line with all verbs.</summary>
    /// <param name="compose">Creates the host of a verb, without starting it.</param>
    /// <param name="composeForChecks">Creates the host of the checks; with invalid settings, only some of them.</param>
    /// <param name="terminal">The terminal.</param>
    public CommandLine(
        Func<CancellationToken, Task<IHost>> compose,
        Func<CancellationToken, Task<IHost>> composeForChecks,
        Terminal terminal
    )
    {
        _terminal = terminal;
        _root = new Lazy<RootCommand>(() => Create(compose, composeForChecks, terminal));
    }

    /// <summary>Whether a command line calls a verb, or asks for help.</summary>
    public bool Takes(IReadOnlyList<string> args) =>
        args is ["--help" or "-h"]
        || (
            args is [var first, ..]
            && !first.StartsWith('-')
            && _root.Value.Subcommands.Any(verb => verb.Name.Equals(first, StringComparison.Ordinal))
        );

    /// <summary>Executes a command line.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        // Arguments are literal: one that begins with @ is not a response file.
        var parsed = _root.Value.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await _terminal.Error.WriteLineAsync(error.Message);
            await _terminal.Error.WriteLineAsync($"See {args[0]} --help.");
            return ExitCode.WrongUsage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = _terminal.Output,
                Error = _terminal.Error,
                EnableDefaultExceptionHandler = false,
                // StopSignals handles termination.
                ProcessTerminationTimeout = null,
            },
            cancellationToken
        );
    }

    private static RootCommand Create(
        Func<CancellationToken, Task<IHost>> compose,
        Func<CancellationToken, Task<IHost>> composeForChecks,
        Terminal terminal
    )
    {
        var runner = new VerbRunner(compose, terminal);
        var root = new RootCommand(
            "QrAi answers questions with a language model. Without a verb it serves HTTP, where --urls chooses the address. "
                + "A verb writes its result to standard output, its log and its problems to standard error. "
                + "Exit codes: 0 done, 1 it failed or a check failed, 2 wrong usage, 78 invalid settings."
        )
        {
            MigrateCommand.Create(runner),
            BackupCommand.Create(runner),
            RestoreCommand.Create(runner),
            CheckCommand.Create(new VerbRunner(composeForChecks, terminal)),
            KeysCommand.Create(runner),
            AskCommand.Create(runner),
            DocumentsCommand.Create(runner),
            SearchCommand.Create(runner),
            UsageCommand.Create(runner),
            OwnersCommand.Create(runner),
        };
        // --version is not a verb: alone it would start the service.
        root.Options.Remove(root.Options.Single(option => option is VersionOption));
        return root;
    }
}
