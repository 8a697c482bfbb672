using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>The model that turns texts into vectors for the search, and the memory of the vectors.</summary>
public sealed record EmbeddingOptions
{
    /// <summary>The maximum length of the name of a model.</summary>
    public const int MaxModelLength = 200;

    private const string ProviderName = "EMBEDDING_PROVIDER";
    private const string ModelName = "EMBEDDING_MODEL";
    private const long Mebibyte = 1024 * 1024;

    /// <summary>The provider; null for a search by words alone.</summary>
    public LlmProviderOptions? Provider { get; init; }

    /// <summary>The model.</summary>
    public string Model { get; init; } = "";

    /// <summary>The maximum size of the vectors in the memory of a process, in bytes: 1–65,536 MiB.</summary>
    public required long MaxMemory { get; init; }

    internal static EmbeddingOptions Read(SettingsReader settings, DeploymentEnvironment environment)
    {
        var (name, model) = (settings.Find(ProviderName), settings.Find(ModelName));
        if (model?.Length > MaxModelLength)
            settings.Report(ModelName, $"must have at most {MaxModelLength} characters");
        if (name is null != model is null)
            settings.Report(
                name is null ? ProviderName : ModelName,
                $"must be set, because {(name is null ? ModelName : ProviderName)} is"
            );
        return new EmbeddingOptions
        {
            Provider = name is null ? null : ReadProvider(settings, name, environment),
            Model = model ?? "",
            MaxMemory = settings.WholeNumber("EMBEDDING_MEMORY_MIB", 256, 1, 65_536) * Mebibyte,
        };
    }

    private static LlmProviderOptions? ReadProvider(
        SettingsReader settings,
        string name,
        DeploymentEnvironment environment
    )
    {
        if (ProviderProfile.Of(name) is not { } profile)
        {
            settings.Report(
                ProviderName,
                name == ModelProviderNames.Offline
                    ? "must be a provider with embeddings, which offline is not"
                    : $"must be a name of lower-case letters, digits and hyphens, such as openrouter or ollama; '{name}' is none"
            );
            return null;
        }

        var provider = LlmProviderOptions.Read(settings, profile, environment == DeploymentEnvironment.Production);
        provider.ReportMissing(settings, $"{ProviderName} names {name}", needsModel: false);
        return provider;
    }
}
