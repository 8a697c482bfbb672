namespace QrAi.Application.Errors;

/// <summary>No provider, or not the one that was asked for, has been configured.</summary>
/// <param name="provider">The one that was asked for; null if none was.</param>
public sealed class ProviderNotConfiguredException(string? provider)
    : Exception(
        provider is null
            ? "No provider of a language model is configured."
            : $"The provider {provider} is not configured."
    );
