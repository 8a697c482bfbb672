using System.Text;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Support.Generations;

/// <summary>Records what a follower writes, one line for each call.</summary>
internal sealed class WrittenLines : IGenerationWriter
{
    private readonly List<string> _lines = [];
    private readonly StringBuilder _text = new();

    /// <summary>The lines so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>The text of the last run.</summary>
    public string Text
    {
        get
        {
            lock (_lines)
                return _text.ToString();
        }
    }

    /// <summary>The start of the last run.</summary>
    public GenerationStart? Start { get; private set; }

    /// <summary>The end of the generation.</summary>
    public GenerationEnd? End { get; private set; }

    public void Started(GenerationStart start) => Begin(start, $"started {start.Run} {start.Provider}");

    public void Restarted(GenerationStart start, RestartReason reason) =>
        Begin(start, $"restarted {start.Run} {start.Provider} {reason}");

    public void Sources(IReadOnlyList<SourcePassage> sources, Position position) =>
        Add($"{position} sources {string.Join(", ", sources.Select(source => source.Title))}");

    void IGenerationWriter.Text(ReadOnlySpan<char> text, Position position)
    {
        lock (_lines)
            _text.Append(text);
        Add($"{position} {text}");
    }

    public void ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments) =>
        Add(begun is null ? $"call {index} {arguments}" : $"call {index} {begun.Id} {begun.Name} {arguments}");

    public void Ended(GenerationEnd outcome, Position position)
    {
        End = outcome;
        Add($"{position} {outcome.Status}");
    }

    private void Begin(GenerationStart start, string line)
    {
        Start = start;
        lock (_lines)
            _text.Clear();
        Add(line);
    }

    private void Add(string line)
    {
        lock (_lines)
            _lines.Add(line);
    }
}
