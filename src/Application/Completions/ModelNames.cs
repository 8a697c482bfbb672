using QrAi.Application.Errors;
using QrAi.Application.Models;

namespace QrAi.Application.Completions;

/// <summary>Resolves the names of models in requests.</summary>
internal static class ModelNames
{
    /// <summary>Finds the provider of a model.</summary>
    /// <param name="configured">The providers in the order of failover.</param>
    /// <param name="name">A provider's name, <c>provider/model</c>, or a provider's default model.</param>
    /// <returns>The first provider to call, and the model; null for its default model.</returns>
    /// <exception cref="ModelNotFoundException">If no configured provider or model has the name.</exception>
    public static (string Provider, string? Model) Resolve(IReadOnlyList<ConfiguredModel> configured, string name)
    {
        foreach (var (provider, _) in configured)
            if (name == provider)
                return (provider, null);
            else if (name.Length > provider.Length + 1 && name.StartsWith($"{provider}/", StringComparison.Ordinal))
                return (provider, name[(provider.Length + 1)..]);

        return configured.FirstOrDefault(one => one.Model == name) is { } byDefault
            ? (byDefault.Provider, null)
            : throw new ModelNotFoundException(name);
    }
}
