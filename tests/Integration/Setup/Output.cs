using System.Collections.Concurrent;
using System.Text;

namespace QrAi.Tests.Integration.Setup;

/// <summary>
/// Everything that the services of this run write to standard output: their logs, exactly as an operator gets them.
/// Tests find their own lines by a request id or a marked text.
/// </summary>
public static class Output
{
    private static readonly ConcurrentQueue<string> _written = new();

    /// <summary>All lines that contain a text.</summary>
    public static IReadOnlyList<string> LinesWith(string text) =>
        [.. _written.Where(written => written.Contains(text, StringComparison.Ordinal))];

    /// <summary>From now on what is written is kept here, and clutters no test report.</summary>
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
