namespace QrAi.Application.Errors;

/// <summary>Thrown when no configured provider or model has the name that a caller sent.</summary>
/// <param name="model">The name.</param>
public sealed class ModelNotFoundException(string model)
    : Exception(
        $"The model {model} does not exist: it has to be a provider's name, provider/model, or a provider's default model."
    );
