using GraphQL;
using GraphQL.Resolvers;
using GraphQL.Types;
using QrAi.Application.Answers;
using QrAi.Application.Documents;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.GraphQL.Types;

namespace QrAi.WebApi.GraphQL;

/// <summary>The mutations.</summary>
internal sealed class Mutation : ObjectGraphType
{
    public Mutation()
    {
        Name = nameof(Mutation);
        Description = "The mutations.";
        Field<AskPayloadType>("ask")
            .Description("Asks a question. The answer is completed even if the caller disconnects.")
            .Argument<NonNullGraphType<AskInputType>>("input", "The question.")
            .Argument<NonNullGraphType<BooleanGraphType>>(
                "wait",
                "Whether to wait until the answer has ended. Without it the answer is returned at once, while it is being "
                    + "generated, to be followed by the subscription `answer`.",
                argument => argument.DefaultValue = true
            )
            .ResolveAsync(async context => await AskAsync(context));
        Field<SessionType>("createSession")
            .Description("Creates a session without messages.")
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
            .Description("Renames a session.")
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
        Field<IdGraphType>("deleteDocument")
            .Description("Deletes a document with its file and its passages, and returns its id.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "The document.")
            .ResolveAsync(async context =>
            {
                var id = context.IdArgument();
                await context
                    .Sender()
                    .Send(
                        new DeleteDocument(id) { IdempotencyKey = context.IdempotencyKey() },
                        context.CancellationToken
                    );
                return id;
            });
        Field<MessageType>("cancelAnswer")
            .Description("Cancels an answer and keeps its text so far. An answer that has ended is not changed.")
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
            field.Resolver = new MutationResolver(field.Resolver!);
    }

    /// <summary>Clears the caches first: the mutations of a document run one after the other.</summary>
    private sealed class MutationResolver(IFieldResolver resolver) : IFieldResolver
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
        // Without waiting, a failed answer is a result like any other.
        return waits && answer.Status == MessageStatus.Failed
            ? throw new AnswerFailedException(answer)
            : new AskPayload(asked.SessionId, asked.Question, answer);
    }
}
