using System.Diagnostics;

namespace QrAi.Tests.Testing;

/// <summary>
/// A package of npm that tests use. It is installed once into <c>artifacts</c>, which needs npm and, that one time, a
/// registry.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="version">Its version.</param>
public sealed class NpmPackage(string name, string version)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim _installing = new(1, 1);

    private readonly string _folder = Path.Combine(Repository.Root, "artifacts", $"{name}-{version}");

    /// <summary>Installs it if need be.</summary>
    /// <returns>Its folder.</returns>
    /// <exception cref="NotSupportedException">It can not be had here; the message says why.</exception>
    public async Task<string> InstallAsync()
    {
        var whole = Path.Combine(_folder, "installed"); // it is written last
        await _installing.WaitAsync();
        try
        {
            Directory.CreateDirectory(_folder);
            // Another run may be installing it as well.
            await using var held = await Eventually.Value(
                () =>
                    Task.FromResult<FileStream?>(
                        new(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
                    ),
                _limit
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
                    _folder,
                    $"{name}@{version}"
                );
                await File.WriteAllTextAsync(whole, version);
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
                throw new NotSupportedException($"{name} can not be installed: {program} says {await errors}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new NotSupportedException($"{name} can not be had here: there is no {program}.");
        }
    }
}
