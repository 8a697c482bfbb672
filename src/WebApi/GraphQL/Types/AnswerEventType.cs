using GraphQL.Types;
using QrAi.Application.Generations;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>Something that happened to an answer.</summary>
internal sealed class AnswerEventType : InterfaceGraphType<AnswerEvent>
{
    public AnswerEventType()
    {
        Name = "AnswerEvent";
        Description =
            "Something that happened to an answer while it was generated. The texts of all `AnswerDelta` since "
            + "`AnswerStarted` or the last `AnswerRestarted`, joined, are the answer's content.";
        Field<NonNullGraphType<StringGraphType>>("id").Description(AnswerEventTypes.IdDescription);
    }
}

/// <summary>A provider has begun to answer.</summary>
internal sealed class AnswerStartedType : ObjectGraphType<AnswerEvent>
{
    public AnswerStartedType()
    {
        this.IsAnswerEvent<AnswerEvent.Started>("AnswerStarted", "A provider has begun to answer.");
        Field<NonNullGraphType<IdGraphType>>("sessionId")
            .Description("The session.")
            .Resolve(context => ((AnswerEvent.Started)context.Source).Answer.SessionId);
        Field<NonNullGraphType<IdGraphType>>("questionId")
            .Description("The question.")
            .Resolve(context => ((AnswerEvent.Started)context.Source).Answer.QuestionId);
        Field<NonNullGraphType<IdGraphType>>("answerId")
            .Description("The answer.")
            .Resolve(context => ((AnswerEvent.Started)context.Source).Answer.Id);
        Field<NonNullGraphType<StringGraphType>>("provider")
            .Description("Who answers.")
            .Resolve(context => ((AnswerEvent.Started)context.Source).Start.Provider);
        Field<NonNullGraphType<StringGraphType>>("model")
            .Description("With which model.")
            .Resolve(context => ((AnswerEvent.Started)context.Source).Start.Model);
    }
}

/// <summary>More text.</summary>
internal sealed class AnswerDeltaType : ObjectGraphType<AnswerEvent>
{
    public AnswerDeltaType()
    {
        this.IsAnswerEvent<AnswerEvent.Delta>("AnswerDelta", "More of the answer.");
        Field<NonNullGraphType<StringGraphType>>("text")
            .Description("The text.")
            .Resolve(context => ((AnswerEvent.Delta)context.Source).Text);
    }
}

/// <summary>A provider broke off and another begins again.</summary>
internal sealed class AnswerRestartedType : ObjectGraphType<AnswerEvent>
{
    public AnswerRestartedType()
    {
        this.IsAnswerEvent<AnswerEvent.Restarted>(
            "AnswerRestarted",
            "The provider broke off and another one begins again: what came before is void."
        );
        Field<NonNullGraphType<StringGraphType>>("provider")
            .Description("Who answers now.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source).Start.Provider);
        Field<NonNullGraphType<StringGraphType>>("model")
            .Description("With which model.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source).Start.Model);
        Field<NonNullGraphType<RestartReasonType>>("reason")
            .Description("Why it begins again.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source).Reason);
    }
}

/// <summary>Why an answer begins again.</summary>
internal sealed class RestartReasonType : EnumerationGraphType<RestartReason>
{
    public RestartReasonType()
    {
        Name = "RestartReason";
        Description = "Why an answer begins again: the provider broke off, or the process that generated it died.";
    }
}

/// <summary>The answer is whole, or was cancelled.</summary>
internal sealed class AnswerCompletedType : ObjectGraphType<AnswerEvent>
{
    public AnswerCompletedType()
    {
        this.IsAnswerEvent<AnswerEvent.Completed>(
            "AnswerCompleted",
            "The answer is whole, or was cancelled: the last event."
        );
        Field<NonNullGraphType<MessageType>>("answer")
            .Description("The answer as it is kept.")
            .Resolve(context => ((AnswerEvent.Completed)context.Source).Answer);
    }
}

/// <summary>No provider gave a whole answer.</summary>
internal sealed class AnswerFailedType : ObjectGraphType<AnswerEvent>
{
    public AnswerFailedType()
    {
        this.IsAnswerEvent<AnswerEvent.Failed>("AnswerFailed", "No provider gave a whole answer: the last event.");
        Field<NonNullGraphType<MessageType>>("answer")
            .Description("The answer as it is kept; its `error` says why.")
            .Resolve(context => ((AnswerEvent.Failed)context.Source).Answer);
    }
}

/// <summary>What the events have in common.</summary>
internal static class AnswerEventTypes
{
    /// <summary>What the field <c>id</c> is.</summary>
    public const string IdDescription =
        "Its place in the answer's stream: the number of the run, and how much of its text has come. Given as `after`, it "
        + "asks for what follows.";

    /// <summary>Makes a type the one of an event.</summary>
    public static void IsAnswerEvent<TEvent>(this ObjectGraphType<AnswerEvent> type, string name, string description)
        where TEvent : AnswerEvent
    {
        type.Name = name;
        type.Description = description;
        type.Interface<AnswerEventType>();
        type.IsTypeOf = value => value is TEvent;
        type.Field<NonNullGraphType<StringGraphType>>("id")
            .Description(IdDescription)
            .Resolve(context => context.Source.Id);
    }
}
