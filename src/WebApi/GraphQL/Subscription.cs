using GraphQL;
using GraphQL.Types;
using QrAi.Application.Answers;
using QrAi.WebApi.Endpoints;
using QrAi.WebApi.GraphQL.Types;

namespace QrAi.WebApi.GraphQL;

/// <summary>The subscriptions.</summary>
internal sealed class Subscription : ObjectGraphType
{
    public Subscription()
    {
        Name = nameof(Subscription);
        Description = "The subscriptions.";
        Field<NonNullGraphType<AnswerEventType>, AnswerEvent>("answer")
            .Description("The events of an answer, from the start or after one of them, to its end.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "The answer.")
            .Argument<StringGraphType>(
                "after",
                "The id of the last event that the subscriber has; without it, all events are sent."
            )
            .Resolve(context => (AnswerEvent)context.Source!)
            .ResolveStreamAsync(context =>
                AnswerEventObservable.BeginAsync(
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
