namespace QrAi.WebApi.Commands;

/// <summary>What the program's exit codes mean.</summary>
internal static class ExitCode
{
    /// <summary>It is done.</summary>
    public const int Done = 0;

    /// <summary>It failed, or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line can not be used, and nothing was done.</summary>
    public const int WrongUsage = 2;

    /// <summary>Settings can not be used: <c>EX_CONFIG</c> of sysexits.h.</summary>
    public const int InvalidSettings = 78;
}
