using System.Text.Encodings.Web;
using GraphQL;
using GraphQL.Validation.Complexity;
using GraphQL.Validation.Errors.Custom;
using GraphQL.Validation.Rules.Custom;
using GraphQLParser.AST;

namespace QrAi.WebApi.GraphQL;

/// <summary>Registers the schema and what executes it.</summary>
internal static class GraphQlRegistration
{
    /// <summary>Levels of fields within one another.</summary>
    private const int MaxDepth = 10;

    /// <summary>The same where only the schema is read: tools ask for types within types, 15 levels deep.</summary>
    private const int MaxDepthOfIntrospection = 20;

    /// <summary>
    /// What an operation may cost: a field costs 1, by whatever alias, each directive 1 more, and all that as often as its
    /// list has items. A page of 100 sessions with the first 20 messages of each, all fields, is within it.
    /// </summary>
    private const int MaxCost = 50_000;

    /// <summary>Adds it.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="introspection">Whether callers may read the schema.</param>
    public static IServiceCollection AddQrAiGraphQl(this IServiceCollection services, bool introspection)
    {
        services.AddScoped<ReadOnce>();
        services.AddScoped<SessionLoader>();
        services.AddScoped<SubscriptionFlow>();
        services.AddScoped<GraphQlExecution>();
        services.AddSingleton<GraphQlResultWriter>();
        return services.AddGraphQL(builder =>
        {
            builder
                .AddSchema<QrAiSchema>()
                .AddGraphTypes(typeof(QrAiSchema).Assembly)
                .AddSystemTextJson(json => json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)
                .AddErrorInfoProvider<GraphQlErrors>()
                .AddComplexityAnalyzer(cost =>
                {
                    cost.MaxComplexity = MaxCost;
                    cost.ValidateComplexityDelegate = CheckDepth;
                    cost.DefaultListImpactMultiplier = 1; // pages say how many
                    cost.DefaultObjectImpact = 1;
                    cost.DefaultScalarImpact = 1;
                    var ofFields = cost.DefaultComplexityImpactDelegate;
                    cost.DefaultComplexityImpactDelegate = field => DirectiveCost.Add(ofFields(field), field);
                });
            if (!introspection)
                builder.AddValidationRule<NoIntrospectionValidationRule>();
        });
    }

    private static Task CheckDepth(ComplexityValidationContext context)
    {
        var most = ReadsOnlyTheSchema(context.ValidationContext.Operation) ? MaxDepthOfIntrospection : MaxDepth;
        if (context.MaxDepth > most)
            context.Error ??= new ComplexityError($"The query is {context.MaxDepth} levels deep; {most} are the most.");
        return Task.CompletedTask;
    }

    private static bool ReadsOnlyTheSchema(GraphQLOperationDefinition operation) =>
        operation.SelectionSet.Selections.TrueForAll(selection =>
            selection is GraphQLField field && field.Name.StringValue.StartsWith("__", StringComparison.Ordinal)
        );
}
