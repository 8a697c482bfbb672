namespace QrAi.Infrastructure.Settings;

/// <summary>Settings cannot be used; every problem is told at once.</summary>
/// <param name="problems">The problems, at least one.</param>
public sealed class InvalidSettingsException(IReadOnlyList<SettingProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>The exit code of a start with settings that cannot be used: <c>EX_CONFIG</c> of sysexits.h.</summary>
    public const int ExitCode = 78;

    /// <summary>The problems, at least one.</summary>
    public IReadOnlyList<SettingProblem> Problems { get; } = problems;
}
