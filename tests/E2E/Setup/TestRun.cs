using System.Reflection;
using System.Runtime.InteropServices;
using CliWrap;
using CliWrap.Buffered;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E.Setup;

/// <summary>The shared resources of all tests: the published program, a folder, a PostgreSQL server.</summary>
internal sealed class TestRun : IAsyncDisposable
{
    /// <summary>The variable with the folder of a published program, which is then used unchanged.</summary>
    private const string ProgramVariable = "QRAI_E2E_PROGRAM";

    private readonly Lazy<Task<PostgresServer>> _postgres = new(() => PostgresServer.StartAsync());
    private readonly DirectoryInfo _folder;
    private int _number;

    private TestRun(DirectoryInfo folder, Watchdog watchdog, string program) =>
        (_folder, Watchdog, Program) = (folder, watchdog, program);

    public static TestRun Current { get; private set; } = null!;

    /// <summary>The published executable.</summary>
    public string Program { get; }

    /// <summary>Ends the processes of the tests if the test run is killed.</summary>
    public Watchdog Watchdog { get; }

    /// <summary>The folder of this run's .NET, which the program also uses.</summary>
    public static string DotnetRoot { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    public static async Task StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("qrai-e2e-");
        var watchdog = Watchdog.Start(folder.FullName);
        try
        {
            Current = new TestRun(folder, watchdog, await PublishAsync(Path.Combine(folder.FullName, "program")));
        }
        catch
        {
            await watchdog.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server of this run; the first call starts it.</summary>
    public Task<PostgresServer> PostgresAsync() => _postgres.Value;

    /// <summary>Creates a folder for a test.</summary>
    public string CreateFolder() => _folder.CreateSubdirectory($"test-{Interlocked.Increment(ref _number)}").FullName;

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
            await (await _postgres.Value).DisposeAsync();
        await Watchdog.DisposeAsync(); // removes the folder
    }

    private static async Task<string> PublishAsync(string output)
    {
        if (Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } published)
        {
            var given = Path.Combine(Path.GetFullPath(published), Executable);
            return File.Exists(given)
                ? given
                : throw new InvalidOperationException(
                    $"{ProgramVariable} names a folder without {Executable}: {published}"
                );
        }

        var configuration = typeof(TestRun)
            .Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!
            .Configuration;
        // The build of these tests also builds it.
        var result = await Cli.Wrap(Path.Combine(DotnetRoot, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"))
            .WithArguments([
                "publish",
                Path.Combine(Repository.Root, "src", "WebApi"),
                "--no-restore",
                "--no-build",
                "--disable-build-servers",
                "-nodeReuse:false",
                "--configuration",
                configuration,
                "--output",
                output,
            ])
            .WithEnvironmentVariables(environment =>
            {
                // The MSBuild variables of the test run do not apply to this build.
                foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
                    if (((string)variable.Key).StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))
                        environment.Set((string)variable.Key, null);
            })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
        return result.ExitCode == 0
            ? Path.Combine(output, Executable)
            : throw new InvalidOperationException(
                $"src/WebApi could not be published ({configuration}): {result.StandardOutput}{result.StandardError}"
            );
    }

    private static string Executable => OperatingSystem.IsWindows() ? "QrAi.WebApi.exe" : "QrAi.WebApi";
}
