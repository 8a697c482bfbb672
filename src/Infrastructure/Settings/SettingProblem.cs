namespace QrAi.Infrastructure.Settings;

/// <summary>A setting that cannot be used.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Problem">What is wrong and what is expected; never the value of a secret.</param>
public sealed record SettingProblem(string Name, string Problem)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name}: {Problem}";
}
