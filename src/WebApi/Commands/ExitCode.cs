namespace QrAi.WebApi.Commands;

/// <summary>What the program's exit codes mean. Settings that can not be used have 78, which is not a verb's to give.</summary>
internal static class ExitCode
{
    /// <summary>It is done.</summary>
    public const int Done = 0;

    /// <summary>It failed, or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line can not be used, and nothing was done.</summary>
    public const int WrongUsage = 2;
}
