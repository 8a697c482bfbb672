using QrAi.Tests.Isolation;

/// <summary>
/// Guards a program that tests start as a separate process: the runtime calls this before the program's entry point if
/// <c>DOTNET_STARTUP_HOOKS</c> names this assembly. The runtime requires this name, without a namespace:
/// https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md
/// </summary>
#pragma warning disable CA1050
internal static class StartupHook
#pragma warning restore CA1050
{
    public static void Initialize() =>
        ConnectionGuard.Start(refused => Console.Error.WriteLine($"{Violations.Marker} {refused}"));
}
