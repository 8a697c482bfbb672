namespace QrAi.Application.Models;

/// <summary>The default model of a provider.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The name of the model at the provider.</param>
public sealed record ConfiguredModel(string Provider, string Model)
{
    /// <summary>The name of the model for callers.</summary>
    public string Name => $"{Provider}/{Model}";
}
