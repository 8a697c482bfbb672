using System.CommandLine;

namespace QrAi.WebApi.Commands;

/// <summary>
/// The verbs of the program. A verb is called only by its exact name as the first argument: any other command line is
/// ASP.NET Core's, and means to serve.
/// </summary>
internal sealed class CommandLine
{
    // Who serves needs none of them.
    private readonly Lazy<RootCommand> _root;
    private readonly Terminal _terminal;

    /// <summary>Knows all verbs.</summary>
    /// <param name="compose">Makes the service that a verb works in, which is not started.</param>
    /// <param name="composeForChecks">The same, but with settings that cannot be used it makes what can check them.</param>
    /// <param name="terminal">Where the program is called from.</param>
    public CommandLine(
        Func<CancellationToken, Task<IHost>> compose,
        Func<CancellationToken, Task<IHost>> composeForChecks,
        Terminal terminal
    )
    {
        _terminal = terminal;
        _root = new Lazy<RootCommand>(() => Create(compose, composeForChecks, terminal));
    }

    /// <summary>Whether a command line calls a verb, or asks which there are.</summary>
    public bool Takes(IReadOnlyList<string> args) =>
        args is ["--help" or "-h"]
        || (
            args is [var first, ..]
            && !first.StartsWith('-')
            && _root.Value.Subcommands.Any(verb => verb.Name.Equals(first, StringComparison.Ordinal))
        );

    /// <summary>Does what a command line says.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        // Arguments are what they are: one that begins with @ names no file with more of them.
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
                // The program has its own way to be told to stop.
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
        };
        // It is no verb, and alone it would serve.
        root.Options.Remove(root.Options.Single(option => option is VersionOption));
        return root;
    }
}
