using System.Reflection;
using System.Runtime.InteropServices;
using CliWrap;
using CliWrap.Buffered;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E.Setup;

/// <summary>What all tests share: the published program, a folder for what they write, a PostgreSQL server.</summary>
internal sealed class TestRun : IAsyncDisposable
{
    /// <summary>The variable that names a folder with a published program, which is then used as it is.</summary>
    private const string ProgramVariable = "QRAI_E2E_PROGRAM";

    private readonly Lazy<Task<PostgresServer>> _postgres = new(() => PostgresServer.StartAsync());
    private readonly DirectoryInfo _folder;
    private int _number;

    private TestRun(DirectoryInfo folder, Watchdog watchdog, string program) =>
        (_folder, Watchdog, Program) = (folder, watchdog, program);

    public static TestRun Current { get; private set; } = null!;

    /// <summary>The published executable.</summary>
    public string Program { get; }

    /// <summary>Ends what the tests started, should they be killed.</summary>
    public Watchdog Watchdog { get; }

    /// <summary>Where this run's .NET is, which the program must use as well.</summary>
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

    /// <summary>A new folder for a test.</summary>
    public string CreateFolder() => _folder.CreateSubdirectory($"test-{Interlocked.Increment(ref _number)}").FullName;

    public async ValueTask DisposeAsync()
    {
        if (_postgres.IsValueCreated)
            await (await _postgres.Value).DisposeAsync();
        await Watchdog.DisposeAsync(); // it removes the folder
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
        // The build of these tests has built it.
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
                // What the run of the tests sets for its own build is not for this one.
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
