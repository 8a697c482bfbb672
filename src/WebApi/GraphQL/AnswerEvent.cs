using System.Globalization;
using QrAi.Application.Generations;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.GraphQL;

/// <summary>An event of an answer, for subscribers.</summary>
/// <param name="Id">The id of the event, from which a subscriber can resume.</param>
internal abstract record AnswerEvent(string Id)
{
    /// <summary>A provider has started to answer.</summary>
    internal sealed record Started(GenerationStart Start, GenerationIdentity Answer) : AnswerEvent(IdOf(Start));

    /// <summary>The answer starts again.</summary>
    internal sealed record Restarted(GenerationStart Start, RestartReason Reason) : AnswerEvent(IdOf(Start));

    /// <summary>What the run is given of documents.</summary>
    internal sealed record Sources(string Id, IReadOnlyList<SourcePassage> Passages) : AnswerEvent(Id);

    /// <summary>More text.</summary>
    internal sealed record Delta(string Id, string Text) : AnswerEvent(Id);

    /// <summary>The answer is complete, or was cancelled.</summary>
    internal sealed record Completed(string Id, MessageDto Answer) : AnswerEvent(Id);

    /// <summary>No provider gave a complete answer.</summary>
    internal sealed record Failed(string Id, MessageDto Answer) : AnswerEvent(Id);

    private static string IdOf(GenerationStart start) => start.Run.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Collects what a follower writes, as events.</summary>
/// <param name="follower">The follower.</param>
internal sealed class AnswerEventCollector(Follower follower) : IGenerationWriter
{
    private readonly Queue<AnswerEvent> _events = new();

    /// <summary>Whether there is an event.</summary>
    public bool HasAny => _events.Count > 0;

    /// <summary>Takes the next event; null if there is none.</summary>
    public AnswerEvent? Take() => _events.TryDequeue(out var next) ? next : null;

    public void Started(GenerationStart start) =>
        _events.Enqueue(new AnswerEvent.Started(start, follower.Generation.Identity));

    public void Restarted(GenerationStart start, RestartReason reason) =>
        _events.Enqueue(new AnswerEvent.Restarted(start, reason));

    public void Sources(IReadOnlyList<SourcePassage> sources, Position position) =>
        _events.Enqueue(new AnswerEvent.Sources(position.ToString(), sources));

    public void Text(ReadOnlySpan<char> text, Position position) =>
        _events.Enqueue(new AnswerEvent.Delta(position.ToString(), text.ToString()));

    /// <summary>Not used: answers to questions have no tool calls.</summary>
    public void ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments) { }

    public void Ended(GenerationEnd outcome, Position position) =>
        _events.Enqueue(
            outcome.Error is null
                ? new AnswerEvent.Completed(position.ToString(), follower.Generation.ToMessage())
                : new AnswerEvent.Failed(position.ToString(), follower.Generation.ToMessage())
        );
}
