using GraphQL;
using GraphQL.Resolvers;
using GraphQL.Types;
using QrAi.Application.Answers;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.GraphQL.Types;

namespace QrAi.WebApi.GraphQL;

/// <summary>What can be changed.</summary>
internal sealed class Mutation : ObjectGraphType
{
    public Mutation()
    {
        Name = nameof(Mutation);
        Description = "What can be changed.";
        Field<AskPayloadType>("ask")
            .Description("Asks a question. Whoever leaves meanwhile does not cancel the answer.")
            .Argument<NonNullGraphType<AskInputType>>("input", "The question.")
            .Argument<NonNullGraphType<BooleanGraphType>>(
                "wait",
                "Whether to wait until the answer has ended. Without it the answer is returned at once, while it is being "
                    + "generated, to be followed by the subscription `answer`.",
                argument => argument.DefaultValue = true
            )
            .ResolveAsync(async context => await AskAsync(context));
        Field<SessionType>("createSession")
            .Description("Makes a session without a message.")
            .Argument<StringGraphType>("title", "1 to 200 characters.")
            .ResolveAsync(async context =>
                await context
                    .Sender()
                    .Send(
                        new CreateSession(context.GetArgument<string?>("title"))
                        {
                            IdempotencyKey = context.IdempotencyKey(),
                        },
                        context.CancellationToken
                    )
            );
        Field<SessionType>("renameSession")
            .Description("Gives a session another title.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "The session.")
            .Argument<NonNullGraphType<StringGraphType>>("title", "1 to 200 characters.")
            .ResolveAsync(async context =>
                await context
                    .Sender()
                    .Send(
                        new RenameSession(context.IdArgument(), context.GetArgument<string>("title"))
                        {
                            IdempotencyKey = context.IdempotencyKey(),
                        },
                        context.CancellationToken
                    )
            );
        Field<IdGraphType>("deleteSession")
            .Description("Deletes a session with its messages, and returns its id.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "The session.")
            .ResolveAsync(async context =>
            {
                var id = context.IdArgument();
                await context
                    .Sender()
                    .Send(
                        new DeleteSession(id) { IdempotencyKey = context.IdempotencyKey() },
                        context.CancellationToken
                    );
                return id;
            });
        Field<MessageType>("cancelAnswer")
            .Description("Stops an answer; what has come so far stays. One that has ended is not changed.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "The answer.")
            .ResolveAsync(async context =>
                await context
                    .Sender()
                    .Send(
                        new CancelAnswer(context.IdArgument()) { IdempotencyKey = context.IdempotencyKey() },
                        context.CancellationToken
                    )
            );
        foreach (var field in Fields)
            field.Resolver = new ChangingResolver(field.Resolver!);
    }

    /// <summary>Mutations of a document run one after the other; each forgets what the one before has read.</summary>
    private sealed class ChangingResolver(IFieldResolver resolver) : IFieldResolver
    {
        public ValueTask<object?> ResolveAsync(IResolveFieldContext context)
        {
            context.Reads().Forget();
            context.Loader().Forget();
            return resolver.ResolveAsync(context);
        }
    }

    private static async Task<AskPayload> AskAsync(IResolveFieldContext context)
    {
        var input = context.GetArgument<AskInput>("input");
        var sender = context.Sender();
        var question = input.ToRequest() with { IdempotencyKey = context.IdempotencyKey() };
        var asked = await sender.Send(question, context.CancellationToken);
        using var follower = asked.Answer;
        var waits = context.GetArgument<bool>("wait");
        if (waits)
            await follower.WaitForEndAsync(context.CancellationToken);
        var answer = follower.Generation.ToMessage();
        // Who does not wait is given the answer as it is, however fast it has failed.
        return waits && answer.Status == MessageStatus.Failed
            ? throw new AnswerFailedException(answer)
            : new AskPayload(asked.SessionId, asked.Question, answer);
    }
}
