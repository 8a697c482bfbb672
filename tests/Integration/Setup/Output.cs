using System.Collections.Concurrent;
using System.Text;

namespace QrAi.Tests.Integration.Setup;

/// <summary>
/// The standard output of all services of this run: their logs, exactly as an operator sees them.
/// Tests find their own lines by a request id or another unique text.
/// </summary>
public static class Output
{
    private static readonly ConcurrentQueue<string> _written = new();

    /// <summary>Returns all lines that contain a text.</summary>
    public static IReadOnlyList<string> LinesWith(string text) =>
        [.. _written.Where(written => written.Contains(text, StringComparison.Ordinal))];

    /// <summary>Starts to record the output, instead of writing it to the test report.</summary>
    public static void Record()
    {
        var recorder = TextWriter.Synchronized(new Recorder());
        Console.SetOut(recorder);
        Console.SetError(recorder);
    }

    private sealed class Recorder : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => _written.Enqueue(value.ToString());

        public override void Write(char[] buffer, int index, int count) =>
            _written.Enqueue(new string(buffer, index, count));

        public override void Write(string? value) => _written.Enqueue(value ?? "");
    }
}
