using GraphQL.Types;
using QrAi.Application.Documents;
using QrAi.Application.Generations;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>An event of an answer.</summary>
internal sealed class AnswerEventType : InterfaceGraphType<AnswerEvent>
{
    public AnswerEventType()
    {
        Name = "AnswerEvent";
        Description =
            "An event of an answer. The texts of all `AnswerDelta` since "
            + "`AnswerStarted` or the last `AnswerRestarted`, joined, are the answer's content.";
        Field<NonNullGraphType<StringGraphType>>("id").Description(AnswerEventTypes.IdDescription);
    }
}

/// <summary>A provider has started to answer.</summary>
internal sealed class AnswerStartedType : ObjectGraphType<AnswerEvent>
{
    public AnswerStartedType()
    {
        this.IsAnswerEvent<AnswerEvent.Started>("AnswerStarted", "A provider has started to answer.");
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
            .Description("The provider.")
            .Resolve(context => ((AnswerEvent.Started)context.Source).Start.Provider);
        Field<NonNullGraphType<StringGraphType>>("model")
            .Description("The model.")
            .Resolve(context => ((AnswerEvent.Started)context.Source).Start.Model);
    }
}

/// <summary>What the run is given of documents.</summary>
internal sealed class AnswerSourcesType : ObjectGraphType<AnswerEvent>
{
    public AnswerSourcesType()
    {
        this.IsAnswerEvent<AnswerEvent.Sources>(
            "AnswerSources",
            "The passages of documents that the run is given, before its text."
        );
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<PassageType>>>>("passages")
            .Description("The passages: the text refers to the first one as `[1]`.")
            .Resolve(context => ((AnswerEvent.Sources)context.Source).Passages.Select(PassageDto.Of));
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

/// <summary>The answer starts again.</summary>
internal sealed class AnswerRestartedType : ObjectGraphType<AnswerEvent>
{
    public AnswerRestartedType()
    {
        this.IsAnswerEvent<AnswerEvent.Restarted>(
            "AnswerRestarted",
            "The answer starts again after a failure: the text so far is void."
        );
        Field<NonNullGraphType<StringGraphType>>("provider")
            .Description("The provider that answers now.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source).Start.Provider);
        Field<NonNullGraphType<StringGraphType>>("model")
            .Description("The model.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source).Start.Model);
        Field<NonNullGraphType<RestartReasonType>>("reason")
            .Description("Why the answer starts again.")
            .Resolve(context => ((AnswerEvent.Restarted)context.Source).Reason);
    }
}

/// <summary>Why an answer starts again.</summary>
internal sealed class RestartReasonType : EnumerationGraphType<RestartReason>
{
    public RestartReasonType()
    {
        Name = "RestartReason";
        Description = "Why an answer starts again: the provider failed, or the process that generated it died.";
    }
}

/// <summary>The answer is complete, or was cancelled.</summary>
internal sealed class AnswerCompletedType : ObjectGraphType<AnswerEvent>
{
    public AnswerCompletedType()
    {
        this.IsAnswerEvent<AnswerEvent.Completed>(
            "AnswerCompleted",
            "The answer is complete, or was cancelled: the last event."
        );
        Field<NonNullGraphType<MessageType>>("answer")
            .Description("The stored answer.")
            .Resolve(context => ((AnswerEvent.Completed)context.Source).Answer);
    }
}

/// <summary>No provider gave a complete answer.</summary>
internal sealed class AnswerFailedType : ObjectGraphType<AnswerEvent>
{
    public AnswerFailedType()
    {
        this.IsAnswerEvent<AnswerEvent.Failed>("AnswerFailed", "No provider gave a complete answer: the last event.");
        Field<NonNullGraphType<MessageType>>("answer")
            .Description("The stored answer, with its `error`.")
            .Resolve(context => ((AnswerEvent.Failed)context.Source).Answer);
    }
}

/// <summary>The common configuration of event types.</summary>
internal static class AnswerEventTypes
{
    /// <summary>The description of the field <c>id</c>.</summary>
    public const string IdDescription =
        "The position in the answer's stream: the number of the run, and the length of its text so far. Used as `after`, it "
        + "resumes after this event.";

    /// <summary>Configures a type as the type of an event.</summary>
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
