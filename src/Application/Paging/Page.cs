namespace QrAi.Application.Paging;

/// <summary>Some items of a list, and the way to the next ones.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="NextCursor">Where the next page begins; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
