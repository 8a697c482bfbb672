using QrAi.Application.Paging;

namespace QrAi.WebApi.GraphQL;

/// <summary>A page as a Relay connection: https://relay.dev/graphql/connections.htm.</summary>
/// <param name="Page">The page.</param>
/// <param name="IsFirst">Whether this is the first page.</param>
internal sealed record Connection<T>(Page<T> Page, bool IsFirst)
{
    /// <summary>The items with their cursors.</summary>
    public IEnumerable<Edge<T>> Edges => Page.Items.Select((item, index) => new Edge<T>(item, Page.CursorOf(index)));
}

/// <summary>An item of a page.</summary>
/// <param name="Node">The item.</param>
/// <param name="Cursor">The cursor of the page after the item.</param>
internal sealed record Edge<T>(T Node, string Cursor);
