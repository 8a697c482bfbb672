using QrAi.Application.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Something that happened to an answer while it was generated, in the order in which followers are told.</summary>
public abstract record AnswerEvent
{
    private AnswerEvent() { }

    /// <summary>Whether nothing comes after it.</summary>
    public virtual bool IsLast => false;

    /// <summary>A provider has begun to answer.</summary>
    public sealed record Started(Guid SessionId, Guid QuestionId, Guid AnswerId, string Provider, string Model)
        : AnswerEvent;

    /// <summary>More text.</summary>
    public sealed record Delta(string Text) : AnswerEvent;

    /// <summary>The provider broke off and another begins again: the text before is void.</summary>
    public sealed record Restarted(string Provider, string Model) : AnswerEvent;

    /// <summary>The answer is whole, or was cancelled, and is kept.</summary>
    public sealed record Completed(MessageDto Answer) : AnswerEvent
    {
        /// <inheritdoc />
        public override bool IsLast => true;
    }

    /// <summary>No provider gave a whole answer.</summary>
    public sealed record Failed(MessageDto Answer) : AnswerEvent
    {
        /// <inheritdoc />
        public override bool IsLast => true;
    }

    /// <summary>The last event of an answer that has ended.</summary>
    /// <param name="answer">The answer as it was kept.</param>
    public static AnswerEvent Ended(MessageDto answer) =>
        answer.Status == Domain.Sessions.MessageStatus.Failed ? new Failed(answer) : new Completed(answer);
}

/// <summary>An event with its place in the answer's stream.</summary>
/// <param name="Id">From 1, growing by one.</param>
/// <param name="Event">The event.</param>
public readonly record struct NumberedAnswerEvent(long Id, AnswerEvent Event);
