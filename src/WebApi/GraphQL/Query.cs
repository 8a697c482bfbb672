using GraphQL;
using GraphQL.Types;
using QrAi.Application.Answers;
using QrAi.Application.Documents;
using QrAi.Application.Paging;
using QrAi.Application.Search;
using QrAi.Application.Sessions;
using QrAi.Application.Usage;
using QrAi.Domain.Documents;
using QrAi.WebApi.Endpoints;
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
            .Argument<StringGraphType>(
                "q",
                "Only sessions whose title contains this text, or that have a message with all of its words."
            )
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
        Field<NonNullGraphType<DocumentConnectionType>>("documents")
            .Description("The documents that the caller can read, the newest first.")
            .PageArguments()
            .Argument<StringGraphType>("q", "Only documents whose name or title contains this text, ignoring case.")
            .Argument<DocumentStatusType>("status", "Only documents in this state.")
            .ResolveAsync(async context =>
            {
                var (first, after) = context.PageArguments();
                var request = new ListDocuments(
                    first,
                    after,
                    context.GetArgument<string?>("q"),
                    context.GetArgument<DocumentStatus?>("status")
                );
                var page = await context.Reads().SendAsync(request, context.CancellationToken);
                return new Connection<DocumentDto>(page, after is null);
            });
        Field<DocumentType>("document")
            .Description("A document.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "Its id.")
            .ResolveAsync(async context =>
                await context.Reads().SendAsync(new GetDocument(context.IdArgument()), context.CancellationToken)
            );
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<PassageType>>>>("search")
            .Description("The best passages of the documents that the caller can read, best first.")
            .Argument<NonNullGraphType<StringGraphType>>("query", "What to find: 1 to 2,000 characters.")
            .Argument<IntGraphType>(
                "first",
                $"How many: 1 to {PageLimits.Max}.",
                argument => argument.DefaultValue = SearchPassages.DefaultLimit
            )
            .ResolveAsync(async context =>
            {
                var request = new SearchPassages(
                    context.GetArgument<string>("query"),
                    context.GetArgument<int?>("first")
                );
                return (await context.Reads().SendAsync(request, context.CancellationToken)).Passages;
            });
        Field<NonNullGraphType<UsageType>>("usage")
            .Description("What calls of providers for the caller used.")
            .Argument<StringGraphType>(
                "from",
                "The first day in UTC, such as `2026-11-01`; without it there are 30 days in all."
            )
            .Argument<StringGraphType>("to", "The last day in UTC; without it today.")
            .Argument<UsageGroupingType>("by", "What to sum by.", argument => argument.DefaultValue = UsageGrouping.Day)
            .ResolveAsync(async context =>
            {
                var request = new GetUsage(
                    RequestParameters.ParseDate(context.GetArgument<string?>("from"), "from"),
                    RequestParameters.ParseDate(context.GetArgument<string?>("to"), "to"),
                    context.GetArgument<UsageGrouping?>("by") ?? UsageGrouping.Day
                );
                return await context.Reads().SendAsync(request, context.CancellationToken);
            });
    }
}
