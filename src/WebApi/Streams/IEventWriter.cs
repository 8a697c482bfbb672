using QrAi.Application.Generations;

namespace QrAi.WebApi.Streams;

/// <summary>Writes a generation as <c>text/event-stream</c> into a response's buffer.</summary>
internal interface IEventWriter : IGenerationWriter, IDisposable
{
    /// <summary>Buffers a bounded piece more of an event that is too large to be buffered as a whole.</summary>
    /// <returns>Whether there is still more of it.</returns>
    bool WriteMore();

    /// <summary>Buffers what the stream ends with when it fails on the way.</summary>
    /// <returns>False where the protocol has nothing for it, and the connection has to break.</returns>
    bool WriteFailure(Exception exception);
}
