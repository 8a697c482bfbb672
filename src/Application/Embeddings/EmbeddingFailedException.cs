namespace QrAi.Application.Embeddings;

/// <summary>A provider returned no vectors.</summary>
/// <param name="message">The cause, without any text of the request.</param>
/// <param name="isRefusal">Whether the texts are the cause, so that a retry does not help.</param>
/// <param name="cause">The failure.</param>
public sealed class EmbeddingFailedException(string message, bool isRefusal = false, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Whether the texts are the cause, so that a retry does not help.</summary>
    public bool IsRefusal { get; } = isRefusal;
}
