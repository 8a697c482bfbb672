using QrAi.Application.Generations;

namespace QrAi.WebApi.Streams;

/// <summary>Writes a generation as <c>text/event-stream</c> into a response's buffer.</summary>
internal interface IEventWriter : IGenerationWriter, IDisposable
{
    /// <summary>Buffers the next piece of an event that is too large to be buffered as a whole.</summary>
    /// <returns>Whether the event has another piece.</returns>
    bool WriteMore();

    /// <summary>Buffers the end of a stream that fails.</summary>
    /// <returns>False if the protocol cannot express a failure, and the connection has to be aborted.</returns>
    bool WriteFailure(Exception exception);
}
