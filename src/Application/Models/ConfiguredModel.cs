namespace QrAi.Application.Models;

/// <summary>The model that a provider is asked for unless the caller names another.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The model as the provider knows it.</param>
public sealed record ConfiguredModel(string Provider, string Model)
{
    /// <summary>The name that callers know it by.</summary>
    public string Name => $"{Provider}/{Model}";
}
