namespace QrAi.Application.Sessions;

/// <summary>The order of a list of messages.</summary>
public enum MessageOrder
{
    /// <summary>The oldest message first.</summary>
    Oldest,

    /// <summary>The newest message first.</summary>
    Newest,
}
