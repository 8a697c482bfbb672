namespace QrAi.Domain.Sessions;

/// <summary>Where a message is in its life. An answer begins as generating and ends once, in one of the others.</summary>
public enum MessageStatus
{
    /// <summary>Whole. A question always is.</summary>
    Completed,

    /// <summary>A provider is being asked, or its answer is coming in.</summary>
    Generating,

    /// <summary>No provider gave a whole answer; the error says why.</summary>
    Failed,

    /// <summary>Someone stopped it; what had come until then is kept.</summary>
    Cancelled,
}
