using GraphQL.Execution;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using QrAi.Application.Errors;

namespace QrAi.WebApi.GraphQL;

/// <summary>Reads documents, and refuses those of which only to tell the cost would cost too much.</summary>
internal static class GraphQlDocuments
{
    /// <summary>
    /// Fields, fragments and their directives in a document, and in an operation when each fragment stands where it is used. Rules compare each
    /// field of a level with each other: the 15,000 that a body has room for keep a processor busy for two seconds. And they
    /// walk through each use of a fragment: 25 that use the next one twice keep it busy for ten seconds, 60 for ever.
    /// </summary>
    public const int MaxSelections = 1_000;

    /// <summary>Words and signs in a document: what only to read it costs. Texts, of whatever length, are one each.</summary>
    public const int MaxTokens = 10_000;

    /// <summary>Fragments that a document may define: rules compare each with each other.</summary>
    public const int MaxFragments = 100;

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidRequestException">It is too large, or nested too deeply.</exception>
    /// <exception cref="global::GraphQL.ExecutionError">It is no document.</exception>
    public static GraphQLDocument Read(this IDocumentBuilder builder, string query)
    {
        // The parser loses count of lines that end with CR alone, and fails where it wants to show an error. To GraphQL all
        // ends of lines are the same, in block strings too.
        var source = query.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        RequireFewTokens(source);
        GraphQLDocument document;
        try
        {
            document = builder.Build(source);
        }
        catch (GraphQLParserException exception) // what is no error of syntax: it is nested too deeply to be read
        {
            throw new InvalidRequestException("query", exception.Description);
        }

        if (document.Definitions.Count(definition => definition is GraphQLFragmentDefinition) > MaxFragments)
            throw new InvalidRequestException("query", $"must define at most {MaxFragments} fragments");
        var written = document.Definitions.Sum(definition => Count(definition, _ => 0));
        if (written > MaxSelections || new Expansion(document).CountLargest() > MaxSelections)
            throw new InvalidRequestException(
                "query",
                $"must have at most {MaxSelections} fields, fragments and directives, counted wherever they are used"
            );
        return document;
    }

    private static void RequireFewTokens(string source)
    {
        try
        {
            var (count, position) = (0, 0);
            while (Lexer.Lex(source, position) is { Kind: not TokenKind.EOF } token)
            {
                if (++count > MaxTokens)
                    throw new InvalidRequestException("query", $"must have at most {MaxTokens} words and signs");
                position = token.End;
            }
        }
        catch (GraphQLSyntaxErrorException)
        {
            // The parser comes no further, and tells where it is.
        }
    }

    // The parser has bounded the depth.
    private static int Count(ASTNode node, Func<string, int> countFragment) =>
        CountDirectives(node)
        + ((node as GraphQLOperationDefinition)?.Variables?.Sum(CountDirectives) ?? 0)
        + node switch
        {
            IHasSelectionSetNode { SelectionSet.Selections: var selections } => selections.Sum(selection =>
                1 + Count(selection, countFragment)
            ),
            GraphQLFragmentSpread spread => countFragment(spread.FragmentName.Name.StringValue),
            _ => 0,
        };

    private static int CountDirectives(ASTNode node) => (node as IHasDirectivesNode)?.Directives?.Count ?? 0;

    /// <summary>Counts with fragments where they are used, each fragment once.</summary>
    private sealed class Expansion(GraphQLDocument document)
    {
        // A name that is given twice is an error, but not yet.
        private readonly ILookup<string, GraphQLFragmentDefinition> _fragments = document
            .Definitions.OfType<GraphQLFragmentDefinition>()
            .ToLookup(fragment => fragment.FragmentName.Name.StringValue);

        private readonly Dictionary<string, int> _counts = [];

        public int CountLargest() =>
            document
                .Definitions.OfType<GraphQLOperationDefinition>()
                .Select(operation => Count(operation, CountFragment))
                .DefaultIfEmpty()
                .Max();

        private int CountFragment(string name)
        {
            if (_counts.TryGetValue(name, out var known))
                return known;
            _counts[name] = 0; // a fragment within itself is an error, but not yet
            var count = _fragments[name].Sum(fragment => Count(fragment, CountFragment));
            return _counts[name] = Math.Min(count, MaxSelections + 1); // more makes no difference, and may be any number
        }
    }
}
