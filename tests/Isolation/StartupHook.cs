using QrAi.Tests.Isolation;

/// <summary>
/// Guards a program that tests start as a process of its own: the runtime calls this before its first line, where
/// <c>DOTNET_STARTUP_HOOKS</c> names this assembly. The name and its lack of a namespace are the runtime's:
/// https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md
/// </summary>
#pragma warning disable CA1050
internal static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize() =>
        ConnectionGuard.Start(refused => Console.Error.WriteLine($"{Violations.Marker} {refused}"));
}
