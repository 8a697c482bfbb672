using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>
/// A format of generations: it writes the difference between the position of a follower and the current content. Each kind of
/// content has a method, so that every format has to implement it.
/// </summary>
public interface IGenerationWriter
{
    /// <summary>Writes the start of the first run.</summary>
    /// <param name="start">The start.</param>
    void Started(GenerationStart start);

    /// <summary>Writes the start of another run. The content that the follower has is void.</summary>
    /// <param name="start">The start.</param>
    /// <param name="reason">The reason of the restart.</param>
    void Restarted(GenerationStart start, RestartReason reason);

    /// <summary>Writes the passages that the run is given, before its text. It is not called if there are none.</summary>
    /// <param name="sources">The passages, in the order of their markers.</param>
    /// <param name="position">The position after them.</param>
    void Sources(IReadOnlyList<SourcePassage> sources, Position position);

    /// <summary>Writes new text.</summary>
    /// <param name="text">The text, which ends with a whole code point.</param>
    /// <param name="position">The position after the text.</param>
    void Text(ReadOnlySpan<char> text, Position position);

    /// <summary>Writes new content of a tool call.</summary>
    /// <param name="index">The index of the call, from 0.</param>
    /// <param name="begun">The members of its identity that the follower does not have yet; null if there are none.</param>
    /// <param name="arguments">The next part of the arguments.</param>
    void ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments);

    /// <summary>Writes the end.</summary>
    /// <param name="outcome">The end.</param>
    /// <param name="position">The position after the end.</param>
    void Ended(GenerationEnd outcome, Position position);
}

/// <summary>The start of a run: a provider has started to answer.</summary>
/// <param name="Run">The number of the run, from 1.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The requested model.</param>
public sealed record GenerationStart(int Run, string Provider, string Model);
