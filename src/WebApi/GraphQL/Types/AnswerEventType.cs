using GraphQL.Types;
using QrAi.Application.Answers;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>Something that happened to an answer.</summary>
internal sealed class AnswerEventType : InterfaceGraphType<NumberedAnswerEvent>
{
    public AnswerEventType()
    {
        Name = "AnswerEvent";
        Description =
            "Something that happened to an answer while it was generated. The texts of all `AnswerDelta` since "
            + "`AnswerStarted` or the last `AnswerRestarted`, joined, are the answer's content.";
        Field<NonNullGraphType<IntGraphType>>("id").Description(AnswerEventTypes.IdDescription);
    }
}

/// <summary>A provider has begun to answer.</summary>
internal sealed class AnswerStartedType : ObjectGraphType<NumberedAnswerEvent>
{
    public AnswerStartedType()
    {
        this.IsAnswerEvent<AnswerEvent.Started>("AnswerStarted", "A provider has begun to answer.");
        Field<NonNullGraphType<IdGraphType>>("sessionId")
            .Description("The session.")
            .Resolve(context => ((AnswerEvent.Started)context.Source.Event).SessionId);
        Field<NonNullGraphType<IdGraphType>>("questionId")
            .Description("The question.")
            .Resolve(context => ((AnswerEvent.Started)context.Source.Event).QuestionId);
        Field<NonNullGraphType<IdGraphType>>("answerId")
            .Description("The answer.")
            .Resolve(context => ((AnswerEvent.Started)context.Source.Event).AnswerId);
        Field<NonNullGraphType<StringGraphType>>("provider")
            .Description("Who answers.")
            .Resolve(context => ((AnswerEvent.Started)context.Source.Event).Provider);
        Field<NonNullGraphType<StringGraphType>>("model")
            .Description("With which model.")
            .Resolve(context => ((AnswerEvent.Started)context.Source.Event).Model);
    }
}

/// <summary>More text.</summary>
internal sealed class AnswerDeltaType : ObjectGraphType<NumberedAnswerEvent>
{
    public AnswerDeltaType()
    {
        this.IsAnswerEvent<AnswerEvent.Delta>("AnswerDelta", "More of the answer.");
        Field<NonNullGraphType<StringGraphType>>("text")
            .Description("The text.")
            .Resolve(context => ((AnswerEvent.Delta)context.Source.Event).Text);
    }
}

/// <summary>A provider broke off and another begins again.</summary>
internal sealed class AnswerRestartedType : ObjectGraphType<NumberedAnswerEvent>
{
    public AnswerRestartedType()
    {
        this.IsAnswerEvent<AnswerEvent.Restarted>(
            "AnswerRestarted",
            "The provider broke off and another one begins again: what came before is void."
        );
        Field<NonNullGraphType<StringGraphType>>("provider")
            .Description("Who answers now.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source.Event).Provider);
        Field<NonNullGraphType<StringGraphType>>("model")
            .Description("With which model.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source.Event).Model);
    }
}

/// <summary>The answer is whole, or was cancelled.</summary>
internal sealed class AnswerCompletedType : ObjectGraphType<NumberedAnswerEvent>
{
    public AnswerCompletedType()
    {
        this.IsAnswerEvent<AnswerEvent.Completed>(
            "AnswerCompleted",
            "The answer is whole, or was cancelled: the last event."
        );
        Field<NonNullGraphType<MessageType>>("answer")
            .Description("The answer as it is kept.")
            .Resolve(context => ((AnswerEvent.Completed)context.Source.Event).Answer);
    }
}

/// <summary>No provider gave a whole answer.</summary>
internal sealed class AnswerFailedType : ObjectGraphType<NumberedAnswerEvent>
{
    public AnswerFailedType()
    {
        this.IsAnswerEvent<AnswerEvent.Failed>("AnswerFailed", "No provider gave a whole answer: the last event.");
        Field<NonNullGraphType<MessageType>>("answer")
            .Description("The answer as it is kept; its `error` says why.")
            .Resolve(context => ((AnswerEvent.Failed)context.Source.Event).Answer);
    }
}

/// <summary>What the events have in common.</summary>
internal static class AnswerEventTypes
{
    /// <summary>What the field <c>id</c> is.</summary>
    public const string IdDescription =
        "Its place in the answer's stream, from 1. Given as `after`, it asks for what follows.";

    /// <summary>Makes a type the one of an event.</summary>
    public static void IsAnswerEvent<TEvent>(
        this ObjectGraphType<NumberedAnswerEvent> type,
        string name,
        string description
    )
        where TEvent : AnswerEvent
    {
        type.Name = name;
        type.Description = description;
        type.Interface<AnswerEventType>();
        type.IsTypeOf = value => value is NumberedAnswerEvent { Event: TEvent };
        type.Field<NonNullGraphType<IntGraphType>>("id")
            .Description(IdDescription)
            .Resolve(context => (int)Math.Min(context.Source.Id, int.MaxValue));
    }
}
