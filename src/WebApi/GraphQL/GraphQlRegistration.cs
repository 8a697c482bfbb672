using System.Text.Encodings.Web;
using GraphQL;
using GraphQL.Validation.Complexity;
using GraphQL.Validation.Errors.Custom;
using GraphQL.Validation.Rules.Custom;
using GraphQLParser.AST;

namespace QrAi.WebApi.GraphQL;

/// <summary>Registers the schema and its execution.</summary>
internal static class GraphQlRegistration
{
    /// <summary>The maximum depth of nested fields.</summary>
    private const int MaxDepth = 10;

    /// <summary>The maximum depth of introspection: tools request types 15 levels deep.</summary>
    private const int MaxDepthOfIntrospection = 20;

    /// <summary>
    /// The maximum cost of an operation. A field, alias or directive costs 1, multiplied by the items of its list. A
    /// page of 100 sessions with all fields of their first 20 messages is below it.
    /// </summary>
    private const int MaxCost = 50_000;

    /// <summary>Adds GraphQL.</summary>
    /// <param name="services">The services.</param>
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
                    cost.DefaultListImpactMultiplier = 1; // pages have their own multiplier
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
        var max = ReadsOnlyTheSchema(context.ValidationContext.Operation) ? MaxDepthOfIntrospection : MaxDepth;
        if (context.MaxDepth > max)
            context.Error ??= new ComplexityError(
                $"The query is {context.MaxDepth} levels deep; the maximum is {max}."
            );
        return Task.CompletedTask;
    }

    private static bool ReadsOnlyTheSchema(GraphQLOperationDefinition operation) =>
        operation.SelectionSet.Selections.TrueForAll(selection =>
            selection is GraphQLField field && field.Name.StringValue.StartsWith("__", StringComparison.Ordinal)
        );
}
