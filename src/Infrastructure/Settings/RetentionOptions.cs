namespace QrAi.Infrastructure.Settings;

/// <summary>How long data stays.</summary>
public sealed record RetentionOptions
{
    /// <summary>The days after which a session without activity is deleted: 0–3,650; 0 keeps all sessions.</summary>
    public required int Days { get; init; }

    /// <summary>Whether sessions without activity are deleted.</summary>
    public bool IsOn => Days > 0;

    internal static RetentionOptions Read(SettingsReader settings) =>
        new() { Days = settings.WholeNumber("RETENTION_DAYS", 0, 0, 3_650) };
}
