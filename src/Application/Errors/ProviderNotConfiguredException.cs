namespace QrAi.Application.Errors;

/// <summary>Thrown when no provider is configured, or not the requested one.</summary>
/// <param name="provider">The requested provider; null if the caller requested none.</param>
public sealed class ProviderNotConfiguredException(string? provider)
    : Exception(
        provider is null ? "No language model provider is configured." : $"The provider {provider} is not configured."
    );
