namespace QrAi.Application.Paging;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">The type of an item.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    private readonly Func<int, string>? _cursorOf;

    internal Page(IReadOnlyList<T> items, string? nextCursor, Func<int, string> cursorOf)
        : this(items, nextCursor) => _cursorOf = cursorOf;

    /// <summary>Returns the cursor of an item: the page after it begins with the next item.</summary>
    /// <param name="index">The index of the item on this page, from 0.</param>
    public string CursorOf(int index) =>
        _cursorOf is not null ? _cursorOf(index) : throw new InvalidOperationException("This page has no cursors.");
}
