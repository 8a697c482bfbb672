using System.Globalization;
using QrAi.Tests.Testing.Otlp;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E.Setup;

/// <summary>Ends the processes of each test, and prints the output of the program if the test failed.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class ProgramTests
{
    /// <summary>The address of a program that is expected not to listen.</summary>
    private protected const string Nowhere = "http://127.0.0.1:9";

    private readonly List<QrAiProcess> _programs = [];
    private readonly List<ScriptedProvider> _providers = [];
    private readonly List<OtlpReceiver> _collectors = [];

    [TearDown]
    public async Task EndProcesses()
    {
        // The output is complete only after the end of a program.
        foreach (var program in _programs)
            await program.DisposeAsync();
        foreach (var provider in _providers)
            await provider.DisposeAsync();
        foreach (var collector in _collectors)
            await collector.DisposeAsync();
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

    /// <summary>Migrates the database of a workplace.</summary>
    private protected async Task<Workplace> MigratedAsync(Workplace workplace)
    {
        (await RunAsync(workplace, "migrate")).ExitCode.ShouldBe(0);
        return workplace;
    }

    /// <summary>Starts the program on a free port and waits until it is ready.</summary>
    private protected Task<QrAiProcess> StartAsync(Workplace workplace) => Launch(workplace).ReadyAsync();

    /// <summary>Starts the program on a free port.</summary>
    private protected QrAiProcess Launch(Workplace workplace, StandardOutput output = StandardOutput.Read)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.FindFree()}");
        return Launch(workplace, address, output, "--urls", address);
    }

    /// <summary>Starts the program with a given command line.</summary>
    private protected QrAiProcess Launch(Workplace workplace, string address, params string[] arguments) =>
        Launch(workplace, address, StandardOutput.Read, arguments);

    private QrAiProcess Launch(Workplace workplace, string address, StandardOutput output, params string[] arguments)
    {
        var program = QrAiProcess.Launch(workplace.Folder, workplace.Settings, address, output, arguments);
        _programs.Add(program);
        return program;
    }

    /// <summary>Starts a collector of traces and metrics, and configures the program for it.</summary>
    private protected async Task<OtlpReceiver> StartCollectorAsync(Workplace workplace, bool grpc = false)
    {
        var collector = await OtlpReceiver.StartAsync(grpc);
        _collectors.Add(collector);
        workplace.Settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint;
        workplace.Settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = grpc ? "grpc" : "http/protobuf";
        workplace.Settings["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        return collector;
    }

    /// <summary>Runs the program to its end, for a verb or a start that is refused.</summary>
    private protected async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        Workplace workplace,
        params string[] arguments
    )
    {
        var program = Launch(workplace, Nowhere, arguments);
        return (await program.ExitAsync(), program.Output, program.Errors);
    }
}
