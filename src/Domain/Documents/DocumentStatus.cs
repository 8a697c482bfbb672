namespace QrAi.Domain.Documents;

/// <summary>The state of a document.</summary>
public enum DocumentStatus
{
    /// <summary>The file is stored, and waits to be read.</summary>
    Queued,

    /// <summary>The file is being read.</summary>
    Processing,

    /// <summary>The document can be searched.</summary>
    Ready,

    /// <summary>The file could not be read.</summary>
    Failed,
}
