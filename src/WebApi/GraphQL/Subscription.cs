using GraphQL;
using GraphQL.Types;
using QrAi.Application.Answers;
using QrAi.WebApi.Endpoints;
using QrAi.WebApi.GraphQL.Types;

namespace QrAi.WebApi.GraphQL;

/// <summary>What can be followed.</summary>
internal sealed class Subscription : ObjectGraphType
{
    public Subscription()
    {
        Name = nameof(Subscription);
        Description = "What can be followed.";
        Field<NonNullGraphType<AnswerEventType>, AnswerEvent>("answer")
            .Description("The events of an answer, from the start or after one of them, to its end.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "The answer.")
            .Argument<StringGraphType>(
                "after",
                "The id of the last event that the follower has; without it, all follow."
            )
            .Resolve(context => (AnswerEvent)context.Source!)
            .ResolveStreamAsync(context =>
                FollowedEvents.BeginAsync(
                    context
                        .Sender()
                        .Send(
                            new FollowAnswer(
                                context.IdArgument(),
                                RequestParameters.ParseLastEventId(context.GetArgument<string?>("after"), "after")
                            ),
                            context.CancellationToken
                        ),
                    context.RequestServices!.GetRequiredService<SubscriptionFlow>(),
                    context.CancellationToken
                )
            );
    }
}
