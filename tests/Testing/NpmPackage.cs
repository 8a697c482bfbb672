using System.Diagnostics;

namespace QrAi.Tests.Testing;

/// <summary>
/// An npm package that tests use. It is installed once into <c>artifacts</c>, which requires npm and, the first time,
/// a registry.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="version">Its version.</param>
public sealed class NpmPackage(string name, string version)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim _installing = new(1, 1);

    private readonly string _folder = Path.Combine(Repository.Root, "artifacts", $"{name}-{version}");

    /// <summary>Installs it if necessary.</summary>
    /// <returns>Its folder.</returns>
    /// <exception cref="NotSupportedException">It is not available here; the message states the reason.</exception>
    public async Task<string> InstallAsync()
    {
        var marker = Path.Combine(_folder, "installed"); // written last
        await _installing.WaitAsync();
        try
        {
            Directory.CreateDirectory(_folder);
            // Another run may be installing it at the same time.
            await using var fileLock = await Eventually.Value(
                () =>
                    Task.FromResult<FileStream?>(
                        new(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
                    ),
                _limit
            );
            if (!File.Exists(marker))
            {
                await RunAsync("node", "--version");
                await RunAsync(
                    "npm",
                    "install",
                    "--no-save",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    _folder,
                    $"{name}@{version}"
                );
                await File.WriteAllTextAsync(marker, version);
            }

            return Path.Combine(_folder, "node_modules", name);
        }
        finally
        {
            _installing.Release();
        }
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            _ = await process.StandardOutput.ReadToEndAsync().WaitAsync(_limit);
            await process.WaitForExitAsync().WaitAsync(_limit);
            if (process.ExitCode != 0)
                throw new NotSupportedException($"{name} cannot be installed: {program} reports {await errors}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new NotSupportedException($"{name} is not available here: there is no {program}.");
        }
    }
}
