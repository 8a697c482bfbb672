using QrAi.Application.Paging;

namespace QrAi.WebApi.GraphQL;

/// <summary>A page as Relay has it: https://relay.dev/graphql/connections.htm.</summary>
/// <param name="Page">The page.</param>
/// <param name="IsFirst">Whether nothing comes before it.</param>
internal sealed record Connection<T>(Page<T> Page, bool IsFirst)
{
    /// <summary>The items with their cursors.</summary>
    public IEnumerable<Edge<T>> Edges => Page.Items.Select((item, index) => new Edge<T>(item, Page.CursorOf(index)));
}

/// <summary>An item of a page.</summary>
/// <param name="Node">The item.</param>
/// <param name="Cursor">Where a page after it begins.</param>
internal sealed record Edge<T>(T Node, string Cursor);
