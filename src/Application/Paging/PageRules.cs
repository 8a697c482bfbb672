using FluentValidation;

namespace QrAi.Application.Paging;

/// <summary>Rules and shapes that lists share.</summary>
internal static class PageRules
{
    /// <summary>1–100.</summary>
    public static void PageLimit<T>(this IRuleBuilder<T, int> rule) =>
        rule.InclusiveBetween(1, PageLimits.Max).WithMessage($"must be a whole number from 1 to {PageLimits.Max}");

    /// <summary>Makes a page of items that were read with one more than the limit, to see whether there are more.</summary>
    /// <param name="items">The items.</param>
    /// <param name="limit">How many a page has.</param>
    /// <param name="cursorOf">The cursor of an item, which may be told by its place from 0.</param>
    public static Page<T> ToPage<T>(this List<T> items, int limit, Func<T, int, string> cursorOf)
    {
        var more = items.Count > limit;
        if (more)
            items.RemoveRange(limit, items.Count - limit);
        return new Page<T>(items, more ? CursorOf(limit - 1) : null, CursorOf);

        string CursorOf(int index) => cursorOf(items[index], index);
    }
}
