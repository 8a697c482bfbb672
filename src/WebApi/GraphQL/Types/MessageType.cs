using GraphQL.Types;
using QrAi.Application.Citations;
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
            .Description("The text; of an answer that is being generated, the text so far.")
            .Resolve(context => context.Source.Content);
        Field<NonNullGraphType<MessageStatusType>>("status")
            .Description("The status.")
            .Resolve(context => context.Source.Status);
        Field<StringGraphType>("provider")
            .Description("Of an answer: the provider.")
            .Resolve(context => context.Source.Provider);
        Field<StringGraphType>("model")
            .Description("Of an answer: the model.")
            .Resolve(context => context.Source.Model);
        Field<TokenUsageType>("usage")
            .Description("Of an answer: its token usage, if the provider reported it.")
            .Resolve(context => context.Source.Usage);
        Field<ListGraphType<NonNullGraphType<AttemptType>>>("attempts")
            .Description("Of an answer that has ended: every call of a provider.")
            .Resolve(context => context.Source.Attempts);
        Field<ListGraphType<NonNullGraphType<CitationType>>>("citations")
            .Description("Of an answer: the passages of documents that its text refers to by markers such as `[1]`.")
            .Resolve(context => context.Source.Citations);
        Field<AnswerErrorType>("error")
            .Description("Of a failed answer: why.")
            .Resolve(context => context.Source.Error);
        Field<NonNullGraphType<UtcDateTimeType>>("createdAt")
            .Description("When it was asked.")
            .Resolve(context => context.Source.CreatedAt);
        Field<UtcDateTimeType>("completedAt")
            .Description("When it was completed, failed or cancelled.")
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

/// <summary>The status of a message.</summary>
internal sealed class MessageStatusType : EnumerationGraphType<MessageStatus>
{
    public MessageStatusType()
    {
        Name = "MessageStatus";
        Description = "The status of a message. A question is always completed.";
    }
}

/// <summary>The token usage of an answer.</summary>
internal sealed class TokenUsageType : ObjectGraphType<TokenUsage>
{
    public TokenUsageType()
    {
        Name = "TokenUsage";
        Description = "The token usage of an answer.";
        Field<NonNullGraphType<IntGraphType>>("promptTokens")
            .Description("Tokens that were sent.")
            .Resolve(context => context.Source.PromptTokens);
        Field<NonNullGraphType<IntGraphType>>("completionTokens")
            .Description("Tokens that were received.")
            .Resolve(context => context.Source.CompletionTokens);
        Field<NonNullGraphType<IntGraphType>>("totalTokens")
            .Description("All of them.")
            .Resolve(context => context.Source.TotalTokens);
        Field<DecimalGraphType>("cost")
            .Description("The cost in US dollars of all calls of providers for the answer, if it is known.")
            .Resolve(context => context.Source.Cost);
    }
}

/// <summary>A passage that an answer refers to.</summary>
internal sealed class CitationType : ObjectGraphType<Citation>
{
    public CitationType()
    {
        Name = "Citation";
        Description = "A passage that an answer refers to. It stays readable when the document is deleted.";
        Field<NonNullGraphType<IntGraphType>>("number")
            .Description("The number by which the text refers to it: 1 for `[1]`.")
            .Resolve(context => context.Source.Number);
        Field<NonNullGraphType<IdGraphType>>("documentId")
            .Description("The document.")
            .Resolve(context => context.Source.DocumentId);
        Field<NonNullGraphType<StringGraphType>>("title")
            .Description("The title of the document.")
            .Resolve(context => context.Source.Title);
        Field<NonNullGraphType<IntGraphType>>("passage")
            .Description("The number of the passage in the document, from 1.")
            .Resolve(context => context.Source.Passage);
        Field<StringGraphType>("heading")
            .Description("The headings above the passage, outermost first.")
            .Resolve(context => context.Source.Heading);
        Field<IntGraphType>("page")
            .Description("The page on which the passage begins, from 1.")
            .Resolve(context => context.Source.Page);
        Field<NonNullGraphType<StringGraphType>>("quote")
            .Description("The text of the passage.")
            .Resolve(context => context.Source.Quote);
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
