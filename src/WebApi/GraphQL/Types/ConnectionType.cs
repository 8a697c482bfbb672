using GraphQL.Types;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>A page of a list.</summary>
internal abstract class ConnectionType<T, TNode, TEdge> : ObjectGraphType<Connection<T>>
    where TNode : IGraphType
    where TEdge : IGraphType
{
    protected ConnectionType(string node)
    {
        Name = $"{node}Connection";
        Description = $"A page of a list of items of the type {node}.";
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<TEdge>>>>("edges")
            .Description("The items with their cursors.")
            .Resolve(context => context.Source.Edges);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<TNode>>>>("nodes")
            .Description("The items alone.")
            .Resolve(context => context.Source.Page.Items);
        Field<NonNullGraphType<PageInfoType>>("pageInfo")
            .Description("The position of the page in the list.")
            .Resolve(context => PageInfo.Of(context.Source));
    }
}

/// <summary>An item of a page.</summary>
internal abstract class EdgeType<T, TNode> : ObjectGraphType<Edge<T>>
    where TNode : IGraphType
{
    protected EdgeType(string node)
    {
        Name = $"{node}Edge";
        Description = $"A {node} with its place in the list.";
        Field<NonNullGraphType<TNode>>("node").Description("The item.").Resolve(context => context.Source.Node);
        Field<NonNullGraphType<StringGraphType>>("cursor")
            .Description("The value of `after` for the page after this item.")
            .Resolve(context => context.Source.Cursor);
    }
}

/// <summary>The position of a page in its list.</summary>
internal sealed class PageInfoType : ObjectGraphType<PageInfo>
{
    public PageInfoType()
    {
        Name = "PageInfo";
        Description = "The position of a page in its list.";
        Field<NonNullGraphType<BooleanGraphType>>("hasNextPage")
            .Description("Whether there is a page after this one.")
            .Resolve(context => context.Source.HasNextPage);
        Field<NonNullGraphType<BooleanGraphType>>("hasPreviousPage")
            .Description("Whether the page was requested with `after`.")
            .Resolve(context => context.Source.HasPreviousPage);
        Field<StringGraphType>("startCursor")
            .Description("The cursor of the first item; null on an empty page.")
            .Resolve(context => context.Source.StartCursor);
        Field<StringGraphType>("endCursor")
            .Description("The cursor of the last item; null on an empty page.")
            .Resolve(context => context.Source.EndCursor);
    }
}

/// <summary>The position of a page in its list.</summary>
internal sealed record PageInfo(bool HasNextPage, bool HasPreviousPage, string? StartCursor, string? EndCursor)
{
    public static PageInfo Of<T>(Connection<T> connection)
    {
        var page = connection.Page;
        return new PageInfo(
            page.NextCursor is not null,
            !connection.IsFirst,
            page.Items.Count > 0 ? page.CursorOf(0) : null,
            page.Items.Count > 0 ? page.CursorOf(page.Items.Count - 1) : null
        );
    }
}
