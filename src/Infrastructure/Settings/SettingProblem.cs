namespace QrAi.Infrastructure.Settings;

/// <summary>A problem of a setting.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Problem">The rule that is violated; never the value of a secret.</param>
public sealed record SettingProblem(string Name, string Problem)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name}: {Problem}";
}
