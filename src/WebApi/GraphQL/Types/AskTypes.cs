using GraphQL.Types;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.WebApi.Endpoints;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>A question to ask.</summary>
internal sealed class AskInput
{
    public required string Question { get; init; }

    public string? SessionId { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public string? Sources { get; init; }

    public IReadOnlyList<string>? DocumentIds { get; init; }

    public AskQuestion ToRequest() =>
        new(
            Question,
            SessionId is null ? null : RequestParameters.ParseId(SessionId, "sessionId"),
            Provider,
            Model,
            Sources,
            DocumentIds?.Select(id => RequestParameters.ParseId(id, "documentIds")).ToList()
        );
}

/// <summary>A question to ask.</summary>
internal sealed class AskInputType : InputObjectGraphType<AskInput>
{
    public AskInputType()
    {
        Name = "AskInput";
        Description = "A question to ask.";
        Field<NonNullGraphType<StringGraphType>>("question").Description("1 to 100,000 characters after trimming.");
        Field<IdGraphType>("sessionId").Description("The session to continue; without it a new one is created.");
        Field<StringGraphType>("provider")
            .Description("The only provider to use; without it all of them, in the order of failover.");
        Field<StringGraphType>("model").Description("The model to use; without it the provider's default model.");
        Field<StringGraphType>("sources")
            .Description(
                "`documents`: the answer is given passages of documents, as without it. `none`: it is given none."
            );
        Field<ListGraphType<NonNullGraphType<IdGraphType>>>("documentIds")
            .Description("The documents to choose passages from, 1 to 100 of them; without it all.");
    }
}

/// <summary>A question with its answer.</summary>
internal sealed record AskPayload(Guid SessionId, MessageDto Question, MessageDto Answer);

/// <summary>A question with its answer.</summary>
internal sealed class AskPayloadType : ObjectGraphType<AskPayload>
{
    public AskPayloadType()
    {
        Name = "AskPayload";
        Description = "A question with its answer.";
        Field<NonNullGraphType<SessionType>>("session")
            .Description("Their session.")
            .Resolve(context => context.Loader().Session(context.Source.SessionId));
        Field<NonNullGraphType<MessageType>>("question")
            .Description("The question.")
            .Resolve(context => context.Source.Question);
        Field<NonNullGraphType<MessageType>>("answer")
            .Description("The answer.")
            .Resolve(context => context.Source.Answer);
    }
}
