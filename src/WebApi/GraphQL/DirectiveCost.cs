using GraphQL.Validation.Complexity;
using GraphQLParser.AST;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Computes the cost of directives. Each is evaluated for every object that it is selected on, also within fragments,
/// which the complexity analyser ignores.
/// </summary>
internal static class DirectiveCost
{
    /// <summary>Adds a field's directives, and those of the fragments that are selected on its objects.</summary>
    public static FieldComplexityResult Add(FieldComplexityResult cost, FieldImpactContext field)
    {
        var ofField = field.FieldAst.Directives?.Count ?? 0;
        var ofFragments = CountIn(field.FieldAst.SelectionSet, field.ValidationContext.Document, []);
        return new FieldComplexityResult(
            cost.FieldImpact + ofField + ofFragments * cost.ChildImpactMultiplier,
            cost.ChildImpactMultiplier
        );
    }

    private static int CountIn(GraphQLSelectionSet? set, GraphQLDocument document, HashSet<string> within)
    {
        var count = 0;
        foreach (var selection in set?.Selections ?? [])
            switch (selection)
            {
                case GraphQLInlineFragment { Directives: var directives, SelectionSet: var inner }:
                    count += (directives?.Count ?? 0) + CountIn(inner, document, within);
                    break;
                case GraphQLFragmentSpread { Directives: var directives, FragmentName.Name: var name }:
                    count += directives?.Count ?? 0;
                    // Another rule reports a fragment within itself.
                    if (within.Add(name.StringValue))
                    {
                        count += CountIn(Find(document, name)?.SelectionSet, document, within);
                        within.Remove(name.StringValue);
                    }

                    break;
            }

        return count;
    }

    private static GraphQLFragmentDefinition? Find(GraphQLDocument document, GraphQLName name) =>
        document.Definitions.OfType<GraphQLFragmentDefinition>().FirstOrDefault(one => one.FragmentName.Name == name);
}
