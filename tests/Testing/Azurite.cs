using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace QrAi.Tests.Testing;

/// <summary>
/// Azurite, the emulator of Azure Storage, as a process on loopback that stores everything in memory.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    private static readonly NpmPackage _package = new("azurite", "3.37.0");
    private const string Account = "qraitest";

    // A random key for an account that exists only here.
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly string _program;
    private readonly Watchdog _watchdog;
    private readonly int _port = LoopbackPort.FindFree();
    private readonly StringBuilder _output = new();
    private Process? _process;

    private Azurite(string program, Watchdog watchdog) => (_program, _watchdog) = (program, watchdog);

    /// <summary>The value for <c>AZURE_STORAGE_CONNECTION_STRING</c>; unchanged by a restart.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};"
        + $"BlobEndpoint=http://127.0.0.1:{_port}/{Account}";

    /// <summary>Installs it if necessary, and starts it.</summary>
    /// <exception cref="NotSupportedException">It is not available here; the message states the reason.</exception>
    public static async Task<Azurite> StartAsync()
    {
        var program = Path.Combine(await _package.InstallAsync(), "dist", "src", "blob", "main.js");
        var azurite = new Azurite(program, Watchdog.Start());
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

    /// <summary>Restarts it after <see cref="StopAsync"/>, on the same port and empty.</summary>
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
        _process.OutputDataReceived += (_, line) => AppendOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => AppendOutput(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.Holds(async () =>
            _process.HasExited ? throw new InvalidOperationException($"It exited: {Output}") : await ListensAsync()
        );
    }

    /// <summary>Ends it: new connections are refused, and the stored data is lost.</summary>
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

    private void AppendOutput(string? line)
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
}
