namespace QrAi.Application.Generations;

/// <summary>
/// A format that a generation is told in: what it says about the difference between a follower's position and the content
/// now. A new kind of content is a new method, which no format can forget.
/// </summary>
public interface IGenerationWriter
{
    /// <summary>A provider has begun, and the follower has nothing yet.</summary>
    /// <param name="start">Who has begun.</param>
    void Started(GenerationStart start);

    /// <summary>Another one begins again: what the follower has is void.</summary>
    /// <param name="start">Who has begun.</param>
    /// <param name="reason">Why.</param>
    void Restarted(GenerationStart start, RestartReason reason);

    /// <summary>More text.</summary>
    /// <param name="text">The text, which ends with a whole code point.</param>
    /// <param name="position">Where the follower is with it.</param>
    void Text(ReadOnlySpan<char> text, Position position);

    /// <summary>More of a tool call.</summary>
    /// <param name="index">Which of the calls, from 0.</param>
    /// <param name="begun">What the follower has not been told of the call itself; null for nothing.</param>
    /// <param name="arguments">More of its arguments.</param>
    void ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments);

    /// <summary>Nothing more comes.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="position">Where the follower is with it.</param>
    void Ended(GenerationEnd outcome, Position position);
}

/// <summary>A provider has begun to answer.</summary>
/// <param name="Run">The number of the run, from 1.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model that it was asked for.</param>
public sealed record GenerationStart(int Run, string Provider, string Model);
