namespace QrAi.Infrastructure.Settings;

/// <summary>A setting that is set, and its source.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Layer">The name of the layer whose value counts.</param>
public sealed record SettingSource(string Name, string Layer);
