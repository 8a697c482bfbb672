using GraphQL.Execution;
using GraphQLParser;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using QrAi.Application.Errors;

namespace QrAi.WebApi.GraphQL;

/// <summary>Parses documents, and rejects those whose analysis would be too expensive.</summary>
internal static class GraphQlDocuments
{
    /// <summary>
    /// The maximum of fields, fragments and directives in a document, and in an operation with its fragments expanded.
    /// Validation compares the fields of a level in pairs: the 15,000 that fit into a body take two seconds.
    /// It also visits each use of a fragment: 25 that each use the next one twice take ten seconds, 60 never end.
    /// </summary>
    public const int MaxSelections = 1_000;

    /// <summary>The maximum of tokens in a document. A string is one token.</summary>
    public const int MaxTokens = 10_000;

    /// <summary>The maximum of fragments in a document: validation compares them in pairs.</summary>
    public const int MaxFragments = 100;

    /// <summary>Parses a document.</summary>
    /// <exception cref="InvalidRequestException">If it is too large, or nested too deeply.</exception>
    /// <exception cref="global::GraphQL.ExecutionError">If its syntax is invalid.</exception>
    public static GraphQLDocument Read(this IDocumentBuilder builder, string query)
    {
        // The parser miscounts lines that end with CR alone, and fails to report a syntax error. GraphQL treats all
        // line endings alike, in block strings too.
        var source = query.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        RequireFewTokens(source);
        GraphQLDocument document;
        try
        {
            document = builder.Build(source);
        }
        catch (GraphQLParserException exception) // not a syntax error: it is nested too deeply
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
            // The parser reports the error with its position.
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

    /// <summary>Counts the selections of operations with their fragments expanded.</summary>
    private sealed class Expansion(GraphQLDocument document)
    {
        // Validation reports duplicate names later.
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
            _counts[name] = 0; // validation reports a fragment within itself later
            var count = _fragments[name].Sum(fragment => Count(fragment, CountFragment));
            return _counts[name] = Math.Min(count, MaxSelections + 1); // prevents an overflow
        }
    }
}
