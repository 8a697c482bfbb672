using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QrAi.Tests.Unit.Support;

internal sealed record LogLine(LogLevel Level, string Category, string Message, Exception? Exception);

/// <summary>Collects log entries in memory.</summary>
internal sealed class ListLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose() { }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines.Enqueue(new LogLine(logLevel, category, formatter(state, exception), exception));
    }
}
