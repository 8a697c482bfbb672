using GraphQL;
using GraphQL.Types;
using QrAi.Application.Answers;
using QrAi.WebApi.GraphQL.Types;

namespace QrAi.WebApi.GraphQL;

/// <summary>What can be followed.</summary>
internal sealed class Subscription : ObjectGraphType
{
    public Subscription()
    {
        Name = nameof(Subscription);
        Description = "What can be followed.";
        Field<NonNullGraphType<AnswerEventType>, NumberedAnswerEvent>("answer")
            .Description("The events of an answer, from the start or after one of them, to its end.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "The answer.")
            .Argument<NonNullGraphType<IntGraphType>>(
                "after",
                "The last event that the follower has; 0 for none.",
                argument => argument.DefaultValue = 0
            )
            .Resolve(context => (NumberedAnswerEvent)context.Source!)
            .ResolveStreamAsync(context =>
                FollowedEvents.BeginAsync(
                    context
                        .Sender()
                        .CreateStream(
                            new FollowAnswer(context.IdArgument(), context.GetArgument<int>("after")),
                            context.CancellationToken
                        ),
                    context.CancellationToken
                )
            );
    }
}
