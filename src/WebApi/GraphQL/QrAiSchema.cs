using GraphQL.Types;
using QrAi.WebApi.GraphQL.Types;

namespace QrAi.WebApi.GraphQL;

/// <summary>The schema, documented in docs/schema.graphql.</summary>
internal sealed class QrAiSchema : Schema
{
    public QrAiSchema(IServiceProvider services)
        : base(services)
    {
        Query = new Query();
        Mutation = new Mutation();
        Subscription = new Subscription();
        RegisterTypes(
            typeof(AnswerStartedType),
            typeof(AnswerSourcesType),
            typeof(AnswerDeltaType),
            typeof(AnswerRestartedType),
            typeof(AnswerCompletedType),
            typeof(AnswerFailedType)
        );
    }
}
