using GraphQL.Types;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>A question or an answer.</summary>
internal sealed class MessageType : ObjectGraphType<MessageDto>
{
    public MessageType()
    {
        Name = "Message";
        Description = "A question, or an answer to one.";
        Field<NonNullGraphType<IdGraphType>>("id").Description("A UUID.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<SessionType>>("session")
            .Description("The session that it belongs to.")
            .Resolve(context => context.Loader().Session(context.Source.SessionId));
        Field<NonNullGraphType<IdGraphType>>("sessionId")
            .Description("The id of its session.")
            .Resolve(context => context.Source.SessionId);
        Field<NonNullGraphType<MessageRoleType>>("role")
            .Description("Who wrote it.")
            .Resolve(context => context.Source.Role);
        Field<NonNullGraphType<StringGraphType>>("content")
            .Description("The text; of an answer that is being generated, what has come so far.")
            .Resolve(context => context.Source.Content);
        Field<NonNullGraphType<MessageStatusType>>("status")
            .Description("Where it is in its life.")
            .Resolve(context => context.Source.Status);
        Field<StringGraphType>("provider")
            .Description("Of an answer: who wrote it.")
            .Resolve(context => context.Source.Provider);
        Field<StringGraphType>("model")
            .Description("Of an answer: with which model.")
            .Resolve(context => context.Source.Model);
        Field<TokenUsageType>("usage")
            .Description("Of an answer: what it cost, if the provider told.")
            .Resolve(context => context.Source.Usage);
        Field<ListGraphType<NonNullGraphType<AttemptType>>>("attempts")
            .Description("Of an answer that has ended: every call of a provider.")
            .Resolve(context => context.Source.Attempts);
        Field<AnswerErrorType>("error")
            .Description("Of a failed answer: why.")
            .Resolve(context => context.Source.Error);
        Field<NonNullGraphType<UtcDateTimeType>>("createdAt")
            .Description("When it was asked.")
            .Resolve(context => context.Source.CreatedAt);
        Field<UtcDateTimeType>("completedAt")
            .Description("When it was whole, failed or cancelled.")
            .Resolve(context => context.Source.CompletedAt);
    }
}

/// <summary>A message with its place in a list.</summary>
internal sealed class MessageEdgeType() : EdgeType<MessageDto, MessageType>("Message");

/// <summary>A page of messages.</summary>
internal sealed class MessageConnectionType() : ConnectionType<MessageDto, MessageType, MessageEdgeType>("Message");

/// <summary>Who wrote a message.</summary>
internal sealed class MessageRoleType : EnumerationGraphType<MessageRole>
{
    public MessageRoleType()
    {
        Name = "MessageRole";
        Description = "Who wrote a message.";
    }
}

/// <summary>Where a message is in its life.</summary>
internal sealed class MessageStatusType : EnumerationGraphType<MessageStatus>
{
    public MessageStatusType()
    {
        Name = "MessageStatus";
        Description = "Where a message is in its life. A question is always completed.";
    }
}

/// <summary>What an answer cost.</summary>
internal sealed class TokenUsageType : ObjectGraphType<TokenUsage>
{
    public TokenUsageType()
    {
        Name = "TokenUsage";
        Description = "What an answer cost, in tokens.";
        Field<NonNullGraphType<IntGraphType>>("promptTokens")
            .Description("Tokens that were sent.")
            .Resolve(context => context.Source.PromptTokens);
        Field<NonNullGraphType<IntGraphType>>("completionTokens")
            .Description("Tokens that came back.")
            .Resolve(context => context.Source.CompletionTokens);
        Field<NonNullGraphType<IntGraphType>>("totalTokens")
            .Description("All of them.")
            .Resolve(context => context.Source.TotalTokens);
    }
}

/// <summary>A call of a provider.</summary>
internal sealed class AttemptType : ObjectGraphType<Attempt>
{
    public AttemptType()
    {
        Name = "Attempt";
        Description = "A call of a provider.";
        Field<NonNullGraphType<StringGraphType>>("provider")
            .Description("The provider.")
            .Resolve(context => context.Source.Provider);
        Field<NonNullGraphType<StringGraphType>>("outcome")
            .Description("How it ended.")
            .Resolve(context => context.Source.Outcome);
        Field<NonNullGraphType<IntGraphType>>("milliseconds")
            .Description("How long it took.")
            .Resolve(context => (int)Math.Min(context.Source.Milliseconds, int.MaxValue));
    }
}

/// <summary>Why an answer failed.</summary>
internal sealed class AnswerErrorType : ObjectGraphType<AnswerError>
{
    public AnswerErrorType()
    {
        Name = "AnswerError";
        Description = "Why an answer failed.";
        Field<NonNullGraphType<StringGraphType>>("code")
            .Description("The stable code, the same as in `extensions.code` of an error.")
            .Resolve(context => context.Source.Code);
        Field<NonNullGraphType<StringGraphType>>("message")
            .Description("A sentence about it.")
            .Resolve(context => context.Source.Message);
    }
}
