using System.Globalization;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E.Setup;

/// <summary>Ends with each test what it started, and shows what the program wrote if the test failed.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class ProgramTests
{
    /// <summary>The address of what is expected to listen nowhere.</summary>
    private protected const string Nowhere = "http://127.0.0.1:9";

    private readonly List<QrAiProcess> _programs = [];
    private readonly List<ScriptedProvider> _providers = [];

    [TearDown]
    public async Task EndProcesses()
    {
        // Whoever ends shows what it wrote to the very end.
        foreach (var program in _programs)
            await program.DisposeAsync();
        foreach (var provider in _providers)
            await provider.DisposeAsync();
        foreach (var program in _programs.Where(program => !program.MayBeRefused))
            program.Refused.ShouldBeEmpty();
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            foreach (var program in _programs)
                await TestContext.Out.WriteLineAsync(
                    $"--- {program.Address}\n{program.Output}--- errors\n{program.Errors}"
                );
    }

    private protected async Task<ScriptedProvider> StartProviderAsync()
    {
        var provider = await ScriptedProvider.StartAsync();
        _providers.Add(provider);
        return provider;
    }

    /// <summary>Starts the program on a free port and waits until it is ready.</summary>
    private protected Task<QrAiProcess> StartAsync(Workplace workplace) => Launch(workplace).ReadyAsync();

    /// <summary>Starts the program on a free port.</summary>
    private protected QrAiProcess Launch(Workplace workplace)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.FindFree()}");
        return Launch(workplace, address, "--urls", address);
    }

    /// <summary>Starts the program with a command line of the test's own.</summary>
    private protected QrAiProcess Launch(Workplace workplace, string address, params string[] arguments)
    {
        var program = QrAiProcess.Launch(workplace.Folder, workplace.Settings, address, arguments);
        _programs.Add(program);
        return program;
    }

    /// <summary>Runs the program to its end: a verb, or a start that is refused.</summary>
    private protected async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        Workplace workplace,
        params string[] arguments
    )
    {
        var program = Launch(workplace, Nowhere, arguments);
        return (await program.ExitAsync(), program.Output, program.Errors);
    }
}
