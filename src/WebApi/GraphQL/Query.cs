using GraphQL;
using GraphQL.Types;
using QrAi.Application.Answers;
using QrAi.Application.Sessions;
using QrAi.WebApi.GraphQL.Types;

namespace QrAi.WebApi.GraphQL;

/// <summary>The queries.</summary>
internal sealed class Query : ObjectGraphType
{
    public Query()
    {
        Name = nameof(Query);
        Description = "The queries.";
        Field<NonNullGraphType<SessionConnectionType>>("sessions")
            .Description("Sessions, those with the newest activity first.")
            .PageArguments()
            .Argument<StringGraphType>("q", "Only sessions whose title contains this text, ignoring case.")
            .ResolveAsync(async context =>
            {
                var (first, after) = context.PageArguments();
                var page = await context
                    .Reads()
                    .SendAsync(
                        new ListSessions(first, after, context.GetArgument<string?>("q")),
                        context.CancellationToken
                    );
                return new Connection<SessionDto>(page, after is null);
            });
        Field<SessionType>("session")
            .Description("A session.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "Its id.")
            .Resolve(context => context.Loader().Session(context.IdArgument()));
        Field<MessageType>("answer")
            .Description("An answer, with its text so far.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "Its id.")
            .ResolveAsync(async context =>
                await context.Reads().SendAsync(new GetAnswer(context.IdArgument()), context.CancellationToken)
            );
    }
}
