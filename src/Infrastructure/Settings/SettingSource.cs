namespace QrAi.Infrastructure.Settings;

/// <summary>A setting that somebody has set, and where.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Layer">What people call the layer whose value counts.</param>
public sealed record SettingSource(string Name, string Layer);
