using System.Diagnostics;

namespace QrAi.Tests.Integration.Backups;

/// <summary>A small disk in memory. It requires the privilege to mount; without it the test is ignored.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    public static async Task<SmallDisk> MountAsync(string path, string size)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Only Linux has tmpfs.");
        if (await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path) is { Length: > 0 } problem)
            Assert.Ignore($"A small disk cannot be mounted here: {problem}");
        return new SmallDisk(path);
    }

    /// <summary>Makes the disk read-only.</summary>
    public async Task MakeReadOnlyAsync() => (await RunAsync("mount", "-o", "remount,ro", _path)).ShouldBeEmpty();

    /// <summary>Unmounts the disk, even if a process of another test has inherited its open files.</summary>
    public async ValueTask DisposeAsync() => (await RunAsync("umount", "--lazy", _path)).ShouldBeEmpty();

    /// <summary>Runs a program.</summary>
    /// <returns>The error; empty if there is none.</returns>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
            )!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? "" : $"{program} failed with {process.ExitCode}: {errors.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
