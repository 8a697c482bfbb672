using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace QrAi.Tests.Testing;

/// <summary>
/// Azurite, the emulator of Azure's storage, as a process on loopback that keeps everything in memory. It is installed once
/// into <c>artifacts/azurite</c>, which needs npm and, that one time, a registry.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    private const string Version = "3.37.0";
    private const string Account = "qraitest";

    private static readonly TimeSpan _installLimit = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim _installing = new(1, 1);

    // A key of its own, for an account that is nowhere else.
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly string _program;
    private readonly Watchdog _watchdog;
    private readonly int _port = LoopbackPort.FindFree();
    private readonly StringBuilder _output = new();
    private Process? _process;

    private Azurite(string program, Watchdog watchdog) => (_program, _watchdog) = (program, watchdog);

    /// <summary>For <c>AZURE_STORAGE_CONNECTION_STRING</c>; the same after a stop and a start.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};"
        + $"BlobEndpoint=http://127.0.0.1:{_port}/{Account}";

    /// <summary>Installs it if need be, and starts it.</summary>
    /// <exception cref="NotSupportedException">It can not be had here; the message says why.</exception>
    public static async Task<Azurite> StartAsync()
    {
        var azurite = new Azurite(await InstallAsync(), Watchdog.Start());
        try
        {
            await azurite.RestartAsync();
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port and empty.</summary>
    public async Task RestartAsync()
    {
        var start = new ProcessStartInfo("node")
        {
            ArgumentList =
            {
                _program,
                "--inMemoryPersistence",
                "--skipApiVersionCheck",
                "--disableTelemetry",
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                $"{_port}",
            },
            Environment = { ["AZURITE_ACCOUNTS"] = $"{Account}:{_key}" },
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _watchdog.Add(_process.Id);
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.Holds(async () =>
            _process.HasExited ? throw new InvalidOperationException($"It has exited: {Output}") : await ListensAsync()
        );
    }

    /// <summary>Ends it: connections are refused from now on, and what it kept is gone.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Eventually.DefaultLimit);
        _watchdog.Remove(process.Id);
        process.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _watchdog.DisposeAsync();
    }

    private string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    private void Note(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }

    private async Task<bool> ListensAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _port);
        return true;
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(Repository.Root, "artifacts", $"azurite-{Version}");
        var program = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        var whole = Path.Combine(folder, "installed"); // it is written last
        await _installing.WaitAsync();
        try
        {
            Directory.CreateDirectory(folder);
            // Another run may be installing it as well.
            await using var held = await Eventually.Value(
                () =>
                    Task.FromResult<FileStream?>(
                        new(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
                    ),
                _installLimit
            );
            if (!File.Exists(whole))
            {
                await RunAsync("node", "--version");
                await RunAsync(
                    "npm",
                    "install",
                    "--no-save",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    folder,
                    $"azurite@{Version}"
                );
                await File.WriteAllTextAsync(whole, Version);
            }

            return program;
        }
        finally
        {
            _installing.Release();
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            _ = await process.StandardOutput.ReadToEndAsync().WaitAsync(_installLimit);
            await process.WaitForExitAsync().WaitAsync(_installLimit);
            if (process.ExitCode != 0)
                throw new NotSupportedException($"Azurite can not be installed: {program} says {await errors}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new NotSupportedException($"Azurite can not be had here: there is no {program}.");
        }
    }
}
