namespace QrAi.Domain.Usage;

/// <summary>What a provider was called for.</summary>
public enum UsageOperation
{
    /// <summary>An answer or a completion.</summary>
    Chat,

    /// <summary>Vectors of texts.</summary>
    Embeddings,
}
