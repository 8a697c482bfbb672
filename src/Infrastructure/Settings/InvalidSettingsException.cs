namespace QrAi.Infrastructure.Settings;

/// <summary>Settings cannot be used; every problem is told at once.</summary>
/// <param name="problems">The problems, at least one.</param>
public sealed class InvalidSettingsException(IReadOnlyList<SettingProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>The problems, at least one.</summary>
    public IReadOnlyList<SettingProblem> Problems { get; } = problems;
}
