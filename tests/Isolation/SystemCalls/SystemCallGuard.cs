using System.Runtime.InteropServices;

namespace QrAi.Tests.Isolation.SystemCalls;

/// <summary>
/// Refuses the base library, which all managed code uses, access to files outside the temporary folder, to sockets and
/// to processes. <see cref="Violations"/> records the refusal, and the caller gets a permission error. Files that the
/// runtime itself reads are allowed: assemblies, their symbols, time zones, system information. Only on Linux, where
/// these calls can be intercepted.
/// </summary>
public static unsafe class SystemCallGuard
{
    private const string BaseLibrary = "libSystem.Native.so";
    private const int PermissionDenied = 13; // EACCES
    private const int WriteOrCreate = 0b11 | 0x40; // O_ACCMODE | O_CREAT

    private static readonly string _temporary = Path.GetFullPath(Path.GetTempPath());
    private static readonly string[] _readable =
    [
        AppContext.BaseDirectory,
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")) + "/",
        "/proc/",
        "/sys/",
        "/dev/",
        "/usr/share/zoneinfo/",
        "/etc/localtime",
    ];

    private static delegate* unmanaged<byte*, int, int, int> _open;
    private static delegate* unmanaged<byte*, nint> _openDirectory;
    private static delegate* unmanaged<byte*, int, int> _makeDirectory;
    private static delegate* unmanaged<byte*, int> _unlink;
    private static delegate* unmanaged<byte*, int> _removeDirectory;
    private static delegate* unmanaged<byte*, byte*, int> _rename;

    /// <summary>Whether the guard is active, which depends on the platform.</summary>
    public static bool IsActive { get; private set; }

    /// <summary>Starts the guard, for the lifetime of the process.</summary>
    internal static void Start()
    {
        if (IsActive || !OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return;
        // The name of "open" for large files depends on the platform.
        var open = (nint)(delegate* unmanaged<byte*, int, int, int>)&Open;
        var fork = (nint)(delegate* unmanaged<int>)&Fork;
        var originals = ImportTable.Replace(
            BaseLibrary,
            new()
            {
                ["open"] = open,
                ["open64"] = open,
                ["opendir"] = (nint)(delegate* unmanaged<byte*, nint>)&OpenDirectory,
                ["mkdir"] = (nint)(delegate* unmanaged<byte*, int, int>)&MakeDirectory,
                ["unlink"] = (nint)(delegate* unmanaged<byte*, int>)&Unlink,
                ["rmdir"] = (nint)(delegate* unmanaged<byte*, int>)&RemoveDirectory,
                ["rename"] = (nint)(delegate* unmanaged<byte*, byte*, int>)&Rename,
                ["fork"] = fork,
                ["vfork"] = fork,
                ["socket"] = (nint)(delegate* unmanaged<int, int, int, int>)&Socket,
            }
        );
        _open = (delegate* unmanaged<byte*, int, int, int>)(
            originals.TryGetValue("open64", out var large) ? large : originals["open"]
        );
        _openDirectory = (delegate* unmanaged<byte*, nint>)originals["opendir"];
        _makeDirectory = (delegate* unmanaged<byte*, int, int>)originals["mkdir"];
        _unlink = (delegate* unmanaged<byte*, int>)originals["unlink"];
        _removeDirectory = (delegate* unmanaged<byte*, int>)originals["rmdir"];
        _rename = (delegate* unmanaged<byte*, byte*, int>)originals["rename"];
        IsActive = true;
    }

    [UnmanagedCallersOnly]
    private static int Open(byte* path, int flags, int mode) =>
        Allows(path, reads: (flags & WriteOrCreate) == 0) ? _open(path, flags, mode) : Refuse($"the file {Text(path)}");

    [UnmanagedCallersOnly]
    private static nint OpenDirectory(byte* path)
    {
        if (Allows(path, reads: true))
            return _openDirectory(path);
        Refuse($"the folder {Text(path)}");
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int MakeDirectory(byte* path, int mode) =>
        Allows(path) ? _makeDirectory(path, mode) : Refuse($"to make the folder {Text(path)}");

    [UnmanagedCallersOnly]
    private static int Unlink(byte* path) => Allows(path) ? _unlink(path) : Refuse($"to delete {Text(path)}");

    [UnmanagedCallersOnly]
    private static int RemoveDirectory(byte* path) =>
        Allows(path) ? _removeDirectory(path) : Refuse($"to delete {Text(path)}");

    [UnmanagedCallersOnly]
    private static int Rename(byte* from, byte* to) =>
        Allows(from) && Allows(to) ? _rename(from, to) : Refuse($"to move {Text(from)} to {Text(to)}");

    [UnmanagedCallersOnly]
    private static int Fork() => Refuse("to start a process");

    [UnmanagedCallersOnly]
    private static int Socket(int family, int type, int protocol) => Refuse("a socket");

    private static bool Allows(byte* path, bool reads = false)
    {
        var full = Path.GetFullPath(Text(path));
        return full.StartsWith(_temporary, StringComparison.Ordinal)
            || (reads && Array.Exists(_readable, readable => full.StartsWith(readable, StringComparison.Ordinal)));
    }

    private static string Text(byte* path) => Marshal.PtrToStringUTF8((nint)path)!;

    private static int Refuse(string what)
    {
        Violations.Add(what);
        Marshal.SetLastSystemError(PermissionDenied);
        return -1;
    }
}
