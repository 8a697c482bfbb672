namespace QrAi.Infrastructure.Settings;

/// <summary>Settings are invalid; the exception has all problems at once.</summary>
/// <param name="problems">The problems, at least one.</param>
public sealed class InvalidSettingsException(IReadOnlyList<SettingProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>The problems, at least one.</summary>
    public IReadOnlyList<SettingProblem> Problems { get; } = problems;
}
