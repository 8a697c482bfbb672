namespace QrAi.Domain.Sessions;

/// <summary>The author of a message.</summary>
public enum MessageRole
{
    /// <summary>The person or program that asks.</summary>
    User,

    /// <summary>The language model.</summary>
    Assistant,
}
