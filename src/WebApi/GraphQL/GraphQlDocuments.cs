using GraphQL.Execution;
using GraphQLParser.AST;
using GraphQLParser.Exceptions;
using QrAi.Application.Errors;

namespace QrAi.WebApi.GraphQL;

/// <summary>Reads documents, and refuses those that cost too much before anybody can tell what they cost.</summary>
internal static class GraphQlDocuments
{
    /// <summary>
    /// Fields and fragments in a document. Rules compare each field of a level with each other: 15,000 in one body kept a
    /// processor busy for ten seconds, 1,000 for some milliseconds.
    /// </summary>
    public const int MaxSelections = 1_000;

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidRequestException">It is too large, or nested too deeply.</exception>
    /// <exception cref="global::GraphQL.ExecutionError">It is no document.</exception>
    public static GraphQLDocument Read(this IDocumentBuilder builder, string query)
    {
        GraphQLDocument document;
        try
        {
            document = builder.Build(query);
        }
        catch (GraphQLParserException exception) // what is no error of syntax: it is nested too deeply to be read
        {
            throw new InvalidRequestException("query", exception.Description);
        }

        return document.Definitions.Sum(definition => Count(definition)) <= MaxSelections
            ? document
            : throw new InvalidRequestException("query", $"must have at most {MaxSelections} fields and fragments");
    }

    // The parser has bounded the depth.
    private static int Count(ASTNode node) =>
        node is IHasSelectionSetNode { SelectionSet.Selections: var selections }
            ? selections.Sum(selection => 1 + Count(selection))
            : 0;
}
