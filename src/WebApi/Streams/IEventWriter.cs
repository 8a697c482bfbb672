namespace QrAi.WebApi.Streams;

/// <summary>Writes events as <c>text/event-stream</c> into a response's buffer.</summary>
internal interface IEventWriter<in T> : IDisposable
{
    /// <summary>Buffers an event.</summary>
    void Write(T happened);

    /// <summary>Buffers what the stream ends with when it fails on the way.</summary>
    /// <returns>False where the protocol has nothing for it, and the connection has to break.</returns>
    bool WriteFailure(Exception exception);
}
