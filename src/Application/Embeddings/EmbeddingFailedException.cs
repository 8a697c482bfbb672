namespace QrAi.Application.Embeddings;

/// <summary>A provider returned no vectors.</summary>
/// <param name="message">The cause, without any text of the request.</param>
/// <param name="isRefusal">Whether the texts may be the cause, so that others need not fail.</param>
/// <param name="cause">The failure.</param>
public sealed class EmbeddingFailedException(string message, bool isRefusal = false, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Whether the texts may be the cause, so that others need not fail.</summary>
    public bool IsRefusal { get; } = isRefusal;
}
