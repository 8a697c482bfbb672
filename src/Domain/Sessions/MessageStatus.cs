namespace QrAi.Domain.Sessions;

/// <summary>The state of a message. An answer begins as generating and ends once, in one of the other states.</summary>
public enum MessageStatus
{
    /// <summary>Complete. A question is always complete.</summary>
    Completed,

    /// <summary>A provider is generating the answer.</summary>
    Generating,

    /// <summary>No provider completed the answer; the error has the reason.</summary>
    Failed,

    /// <summary>A caller cancelled the answer; the content until then is stored.</summary>
    Cancelled,
}
