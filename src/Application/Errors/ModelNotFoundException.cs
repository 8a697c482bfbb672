namespace QrAi.Application.Errors;

/// <summary>No configured provider is meant by a model's name.</summary>
/// <param name="model">The name that the caller gave.</param>
public sealed class ModelNotFoundException(string model)
    : Exception(
        $"The model {model} does not exist: it has to be a provider's name, provider/model, or a provider's default model."
    );
