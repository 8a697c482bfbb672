namespace QrAi.WebApi.Commands;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    /// <summary>The work is done.</summary>
    public const int Done = 0;

    /// <summary>The work or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is invalid, and nothing was done.</summary>
    public const int WrongUsage = 2;

    /// <summary>Settings are invalid: <c>EX_CONFIG</c> of sysexits.h.</summary>
    public const int InvalidSettings = 78;
}
