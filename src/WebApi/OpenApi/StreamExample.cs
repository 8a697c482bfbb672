using System.IO.Pipelines;
using System.Text;

namespace QrAi.WebApi.OpenApi;

/// <summary>Makes examples of event streams with the writers of the service.</summary>
internal static class StreamExample
{
    /// <summary>Writes a stream.</summary>
    /// <param name="write">Writes the events.</param>
    public static string Write(Action<PipeWriter> write)
    {
        using var bytes = new MemoryStream();
        var output = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        write(output);
        output.Complete();
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
