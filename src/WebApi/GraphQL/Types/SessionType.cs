using GraphQL.Types;
using QrAi.Application.Sessions;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>A session.</summary>
internal sealed class SessionType : ObjectGraphType<SessionDto>
{
    public SessionType()
    {
        Name = "Session";
        Description = "A stored conversation.";
        Field<NonNullGraphType<IdGraphType>>("id").Description("A UUID.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<StringGraphType>>("title")
            .Description("What it is about.")
            .Resolve(context => context.Source.Title);
        Field<NonNullGraphType<IntGraphType>>("messageCount")
            .Description("How many messages it has.")
            .Resolve(context => context.Source.MessageCount);
        Field<NonNullGraphType<UtcDateTimeType>>("createdAt")
            .Description("When it was created.")
            .Resolve(context => context.Source.CreatedAt);
        Field<NonNullGraphType<UtcDateTimeType>>("updatedAt")
            .Description("The time of its last activity.")
            .Resolve(context => context.Source.UpdatedAt);
        Field<SessionMatchType>("match")
            .Description("In the results of a search: what was found.")
            .Resolve(context => context.Source.Match);
        Field<NonNullGraphType<MessageConnectionType>>("messages")
            .Description("Its messages, oldest first.")
            .PageArguments()
            .ResolveAsync(async context =>
            {
                var (first, after) = context.PageArguments();
                if (after is null)
                    return context.Loader().FirstMessages(context.Source.Id, first);
                var page = await context
                    .Reads()
                    .SendAsync(new ListMessages(context.Source.Id, first, after), context.CancellationToken);
                return new Connection<MessageDto>(page, IsFirst: false);
            });
    }
}

/// <summary>What a search has found of a session.</summary>
internal sealed class SessionMatchType : ObjectGraphType<SessionMatch>
{
    public SessionMatchType()
    {
        Name = "SessionMatch";
        Description = "What a search has found of a session.";
        Field<IdGraphType>("messageId")
            .Description("The newest message that was found; null if only the title was.")
            .Resolve(context => context.Source.MessageId);
        Field<NonNullGraphType<StringGraphType>>("quote")
            .Description("The part of the message around what was found, or the title: at most 200 characters.")
            .Resolve(context => context.Source.Quote);
    }
}

/// <summary>A session with its place in a list.</summary>
internal sealed class SessionEdgeType() : EdgeType<SessionDto, SessionType>("Session");

/// <summary>A page of sessions.</summary>
internal sealed class SessionConnectionType() : ConnectionType<SessionDto, SessionType, SessionEdgeType>("Session");
